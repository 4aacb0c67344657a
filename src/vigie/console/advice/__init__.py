"""Advice: the questions of the practices, each answered by a person with one of few sentences."""
