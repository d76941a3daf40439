"""Proof: the tree over the log, its signed heads, and checking all of it."""
