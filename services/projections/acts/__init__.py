"""The read model of acts: the many small things done, and what was recorded late."""
