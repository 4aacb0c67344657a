"""Passwords: what was seen of them. No field here holds one, nor any part of one."""

from dataclasses import dataclass

from vigie.domain.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordMeasured(Evidence):
    """Somebody had one password looked at.

    `magnitude`: the power of ten of the tries that find it; `least` the fewest characters wanted.
    `product`: what is delivered with it, or empty. `leaks`: how often known leaks hold it; None
    where no list at hand covers it. `places`: for how many other places it is remembered.
    """

    short: bool
    least: int
    magnitude: int
    from_practice: bool = False
    product: str = ""
    leaks: int | None = None
    places: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A document whose lines or cells hold passwords, or held some the last time.

    `passwords`: how many it holds now, `before`: how many it held. `shared`: others than its owner
    can open it, or it lies in a shared folder.
    """

    path: str
    passwords: int
    before: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesSeen(Evidence):
    """A round through desktops and shared folders met notes that are new, changed or gone."""

    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account that opens sessions on the machine.

    `generic`: named after a place or a task, not a person. `together`: the most sessions it had
    open at once from different places. `days`: on how many of the last thirty days it opened a
    session; `idle`: days since the last one, None if unknown. `locks_after`: minutes until its
    screen locks, 0 for never, None where it has no desktop or it cannot be known.
    """

    name: str
    administrator: bool = False
    without_password: bool = False
    opens_alone: bool = False
    generic: bool = False
    left: bool = False
    together: int = 1
    days: int = 0
    idle: int | None = None
    locks_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsSeen(Evidence):
    """The accounts of one machine, as they stood when they were looked at."""

    accounts: tuple[Account, ...]
