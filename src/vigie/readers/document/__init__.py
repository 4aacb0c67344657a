"""What a document would do when it is opened: read part by part, and part in part, in a cell.

`parse` is what runs in the cell, `walk` holds its budget and what was seen, `forms` says what bytes
are; each further module reads one family of formats. `reader` is the way from outside.
"""
