"""Disarming: the copy of a held letter that can be read without danger."""
