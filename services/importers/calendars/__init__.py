"""Calendars: meetings that were and that will be, from iCalendar files."""
