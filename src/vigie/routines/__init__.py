"""Duties with a calendar."""
