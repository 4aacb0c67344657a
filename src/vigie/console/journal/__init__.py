"""The journal: append-only, hash-chained, one chain for each practice."""
