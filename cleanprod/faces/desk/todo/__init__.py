"""What waits for each role, line by line, each line opening the right page."""
