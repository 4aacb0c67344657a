"""From findings to deeds: one literal table, and the practice's own choices."""
