"""Passwords: how they are guessed, which ones things are delivered with, how a note names them."""
