"""The pages a caretaker reads."""
