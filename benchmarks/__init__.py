"""Measurements of the running system against yardsticks taken in the same run."""
