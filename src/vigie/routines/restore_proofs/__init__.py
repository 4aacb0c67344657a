"""Proof that backups come back: a random sample restored, compared, opened, and written down."""
