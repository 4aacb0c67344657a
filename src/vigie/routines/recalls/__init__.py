"""Recalls: a message went to the wrong person: the request to delete it, and the breach record."""
