"""The programme's life, in the order of the trade."""
