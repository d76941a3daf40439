"""Derived answers over HTTP: queries over the read models, on two clocks."""
