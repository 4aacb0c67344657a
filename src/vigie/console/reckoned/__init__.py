"""What was reckoned once for a practice, and holds until something changes or a moment passes."""
