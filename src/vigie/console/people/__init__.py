"""Who may come in, what they may do, and who has looked at what."""
