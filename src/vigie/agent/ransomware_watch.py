"""The ransomware watch, put together: folders, vault, gate, guard, deeds."""
