"""Vigie looks after the computers of small medical practices, and proves it."""

__version__ = "2026.11.0"
