"""Measures, accounting, indicator systems and the quality of data."""
