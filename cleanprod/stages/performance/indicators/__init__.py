"""Evaluation indicator systems: the model, its loading and its score; no Django."""
