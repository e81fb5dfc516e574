"""Measures of a round, their effects in three value sets, and what they add up to."""
