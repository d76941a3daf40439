"""The write side: requests in, events out."""
