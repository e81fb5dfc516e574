"""A round's life, the publication of lists, milestones."""
