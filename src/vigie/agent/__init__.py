"""The composition root on a practice's machine."""
