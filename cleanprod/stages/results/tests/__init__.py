"""Tests of results as batch papers."""
