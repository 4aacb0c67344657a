"""A practice's network of real programs, another one for each seed, against what was planted."""
