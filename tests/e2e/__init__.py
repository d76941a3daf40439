"""The service as its clients see it: a real process, over HTTP."""
