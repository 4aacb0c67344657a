"""The checklist of good practices: what machines verify, what people answer, and until when."""
