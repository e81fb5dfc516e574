"""Written notices and their service, extensions, urging, and the county's first check."""
