"""Tests of the alliance ledger."""
