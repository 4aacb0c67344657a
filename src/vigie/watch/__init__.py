"""The watch: one step of it, what it says only once, and when it must keep still."""
