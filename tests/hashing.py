"""Passwords as the product keeps them, at the least cost: what a test hashes is no secret."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 in a thousandth of the time."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
