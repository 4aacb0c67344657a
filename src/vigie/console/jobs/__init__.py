"""Duties with a due time: claimed by a lease, retried, never lost."""
