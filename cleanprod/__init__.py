"""An open platform for a province's cleaner-production audit programme."""
