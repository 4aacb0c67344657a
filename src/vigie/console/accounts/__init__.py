"""Who may come in: caretakers, their second factors and their signing keys."""
