"""Migrations of dispatches."""
