"""Written notices and their service, urging, and the county's first check."""
