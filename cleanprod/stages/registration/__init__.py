"""Enterprises take their record over, name their contacts and tell what changed with them."""
