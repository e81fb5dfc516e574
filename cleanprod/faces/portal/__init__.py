"""What the public sees: published lists, search."""
