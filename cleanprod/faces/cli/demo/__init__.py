"""The demo province: made from one seed, fed through the same acts that people use."""
