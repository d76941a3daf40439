"""Checking a log against its tree and its signed heads: what was altered, and where."""
