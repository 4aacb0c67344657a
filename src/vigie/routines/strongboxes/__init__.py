"""The practice's strongbox: made once, filled from notes, with a page for the bad day."""
