"""Frozen figures, what cities say of them before, and the bulletins that are written from them."""
