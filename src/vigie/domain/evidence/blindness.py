"""Blindness: a sensor or a reader that no longer sees. Unknown is never green."""

from dataclasses import dataclass

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorWentBlind(Evidence):
    """A sensor stopped, or never could see.

    `sensor` is its module name, `blinds` the dangers nobody watches meanwhile, `reason` a slug
    (`died`, `missing_program`, `no_permission`, `old_signatures`, `no_folder`), `detail` a local
    text for the caretaker at the machine.
    """

    sensor: str
    blinds: tuple[Danger, ...]
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSawAgain(Evidence):
    """A sensor that was blind sees again."""

    sensor: str
    blinds: tuple[Danger, ...]
