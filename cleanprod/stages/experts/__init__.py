"""Experts: the pool, panels drawn by lot, appointments and fees."""
