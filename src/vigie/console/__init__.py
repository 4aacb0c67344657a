"""The caretaker's console (Django)."""
