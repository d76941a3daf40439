"""The read model of how each relationship stands and how it came to that."""
