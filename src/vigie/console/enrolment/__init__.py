"""How a machine joins a practice: a one-use code, then a caretaker who compares."""
