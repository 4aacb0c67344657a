"""How often people were interrupted: counted each day, because the doctor's letter says it."""
