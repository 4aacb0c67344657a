"""What caretakers sign with in a browser: their passkeys, and the orders these have signed."""
