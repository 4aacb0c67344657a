"""Open matters: each one once, until it is settled."""
