"""Reviews from application to conclusion: gate, meeting, paper route, site record."""
