"""The doctor's letter: one page a month, true to the rows, kept as it was sent."""
