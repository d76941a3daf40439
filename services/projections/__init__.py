"""The read side: events in, answers out."""
