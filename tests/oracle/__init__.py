"""Balances by brute force, written from the design alone and shared with no service."""
