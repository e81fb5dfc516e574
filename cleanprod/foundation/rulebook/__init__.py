"""Dated numbers and legal bases, each with its source and status."""
