"""Self-audit: whether the log is whole, and the read models are of it."""
