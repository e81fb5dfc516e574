"""Accuracy of what enterprises report: automatic checks and a drawn sample, re-checked."""
