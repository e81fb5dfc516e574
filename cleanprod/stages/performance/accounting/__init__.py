"""Account for performance: energy, carbon, solvents, water, money; pure and exact."""
