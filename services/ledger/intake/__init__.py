"""From what a client sent to recordings that the writer can decide."""
