"""Personal text: under which keys it is sealed, and how it is erased."""
