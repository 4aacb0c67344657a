"""Updates: simulated, backed up, installed at night, checked, and taken back with their data."""
