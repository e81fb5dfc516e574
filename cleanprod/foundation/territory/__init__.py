"""Provinces, cities, counties, towns, zones and industries as codes."""
