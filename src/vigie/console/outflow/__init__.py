"""How much each machine sends, by the hour: numbers only, kept for ninety days."""
