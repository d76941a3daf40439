"""The read model behind balances: postings, promises and what became of them."""
