"""Half-year and annual reports of a city, prefilled from the records."""
