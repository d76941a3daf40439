"""The pure fold of a partner's facts, in order of happening, into a relationship."""
