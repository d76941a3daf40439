"""A campaign of faults against a ledger under load, and the oracle that judges it."""
