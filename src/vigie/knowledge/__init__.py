"""The trade as pure data and rules: what a document is, who an official body is."""
