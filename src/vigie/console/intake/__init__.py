"""What machines tell: checked word by word, kept once, journalled."""
