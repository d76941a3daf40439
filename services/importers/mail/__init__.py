"""Mailboxes: messages between us and partners, from mbox files."""
