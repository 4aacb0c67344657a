"""Integrity: what documents were when they were good, whether they still are, and their repair."""
