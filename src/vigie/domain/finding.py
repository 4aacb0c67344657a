"""A finding: what a guard saw, in a form that can travel without telling about a patient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Gravity(StrEnum):
    """How much a finding matters, from a note for the record to harm under way."""

    NOTE = "NOTE"
    CONCERN = "CONCERN"
    ALARM = "ALARM"

    @property
    def rank(self) -> int:
        """Return 0 for a note, 1 for a concern, 2 for an alarm."""
        return _RANKS[self]


_RANKS = {gravity: rank for rank, gravity in enumerate(Gravity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One opinion of one guard.

    `fact` is a stable slug, stored forever and never reworded. `numbers` are integers and may
    leave the practice. `clues` are strings for the people at the practice: the wire has no
    field for them. A clue named `subject` says what the finding is about (a process family, a
    message): `watch.quiet` says each fact once for each subject.
    """

    gravity: Gravity
    fact: str
    numbers: Mapping[str, int] = field(default_factory=dict)
    clues: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a fact that is not a slug: it would be stored forever."""
        if not SLUG.fullmatch(self.fact):
            raise ValueError(f"a fact is a slug like files_scrambled, not {self.fact!r}")

    @property
    def subject(self) -> str:
        """Return what the finding is about, or an empty text where there is only one."""
        return self.clues.get("subject", "")
