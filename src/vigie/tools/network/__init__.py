"""The practice's network, spoken to politely: a module for each protocol, one way out for all."""
