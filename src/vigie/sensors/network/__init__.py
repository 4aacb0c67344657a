"""The practice's network: who is on it, and which doors of theirs stand open."""
