"""People: who is around the practice, as far as its contacts know; evidence about messages."""

from vigie.sensors.people.assembling import arrived, leaving
from vigie.sensors.people.lessons import lesson, own_domains

__all__ = ["arrived", "leaving", "lesson", "own_domains"]
