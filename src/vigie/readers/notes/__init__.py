"""Documents people keep notes in, read in a cell for one question.

The question is whether they hold passwords. `reader` asks it from outside, `parse` is what runs in
the cell, `rows` turns each kind of file into rows of cells. What leaves the cell is a count; the
passwords themselves only when a person has asked for them to be put into the practice's vault.
"""
