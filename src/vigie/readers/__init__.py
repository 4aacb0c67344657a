"""Untrusted bytes become evidence here, in a sandboxed process."""
