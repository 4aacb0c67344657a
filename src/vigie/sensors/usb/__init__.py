"""The USB sensor: what is plugged in, as the guard needs to know it."""
