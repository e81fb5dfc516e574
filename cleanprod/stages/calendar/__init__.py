"""The work calendar of the year: who owes what by when, and how far everybody is."""
