"""Telling people: once for each outage, at their hours, in their way, until one answers."""
