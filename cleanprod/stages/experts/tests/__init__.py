"""Tests of the pool, the draw and the panels."""
