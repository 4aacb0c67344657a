"""Software: how the practice's applications are doing."""
