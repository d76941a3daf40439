"""What may be recorded: pure functions over frozen values."""
