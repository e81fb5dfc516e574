"""Who one is: people, sign-in, one-time codes, lockout."""
