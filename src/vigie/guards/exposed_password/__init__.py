"""A password that others can read, guess or go on using."""
