"""Photos of practices that never were: rendered scenes to learn from and to measure with."""
