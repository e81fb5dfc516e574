"""What is owed, by which organisation, due when, and why."""
