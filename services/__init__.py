"""The services of the alliance ledger."""
