"""Whole stories through the house."""
