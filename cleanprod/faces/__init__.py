"""Reads, composes and calls acts; holds no rules."""
