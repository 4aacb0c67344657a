"""What a practice's software exports for a bad day: an agenda (ICS or CSV), a telephone list (CSV).

`reader` asks from outside, `parse` runs in a cell used for one file, `calendars` and `tables` are
its two kinds of file.
"""
