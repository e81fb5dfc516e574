"""Counts and compiles what the stages recorded."""
