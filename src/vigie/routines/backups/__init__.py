"""Backups: planned, made, checked, kept and restored; proven in `routines.restore_proofs`."""
