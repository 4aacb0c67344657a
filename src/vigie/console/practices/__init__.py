"""Practices and their machines, and who may see which."""
