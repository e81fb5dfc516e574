"""Tests that belong to no slice: the cast, the house rules, whole journeys."""
