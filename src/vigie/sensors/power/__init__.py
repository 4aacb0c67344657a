"""The machine's power: what its battery says, and how it stopped the last time."""

from vigie.sensors.power.ups import Ups

__all__ = ["Ups"]
