"""The audit plan of a round, its start, its seven phases and the tables of three years."""
