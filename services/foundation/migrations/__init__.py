"""Numbered changes of the database and what runs them."""
