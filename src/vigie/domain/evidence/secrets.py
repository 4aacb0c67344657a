"""Secrets on their way into the practice's strongbox, and nowhere else."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One password, for one place. It never leaves the machine; no log, answer or trace shows it.

    `place`: what it opens, as people call it; `login` may be empty.
    """

    place: str
    login: str = ""
    password: str = field(repr=False)
