"""Files from outside the practice that come on a key: what each one is, and what it could do."""
