"""A city's year: targets, lists up to ready, entries."""
