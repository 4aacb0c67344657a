"""The pages where a caretaker signs an order, and reads what became of it."""
