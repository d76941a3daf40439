"""The HTTP contract and the stored forms, held to what is committed."""
