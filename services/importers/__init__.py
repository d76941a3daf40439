"""Files in, recorded events out, through the HTTP contract."""
