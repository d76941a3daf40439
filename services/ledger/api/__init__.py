"""The HTTP contract of recording and of the raw log."""
