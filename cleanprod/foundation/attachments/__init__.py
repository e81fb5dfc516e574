"""Files: stored once, fingerprinted, served only by the slice that owns them."""
