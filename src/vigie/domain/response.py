"""Deeds: what Vigie does about a finding, and how that went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Deed(StrEnum):
    """Everything Vigie can do. There is no verb to run anything else."""

    HOLD = "HOLD"
    RELEASE = "RELEASE"
    ISOLATE = "ISOLATE"
    FREEZE = "FREEZE"
    BLOCK = "BLOCK"
    RESTORE = "RESTORE"
    ROLL_BACK = "ROLL_BACK"
    DISARM = "DISARM"
    MASK = "MASK"
    SHUT_DOWN = "SHUT_DOWN"
    ASK = "ASK"
    TELL = "TELL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One deed that policy chose, and what it is to be done to.

    `target` is a local handle (a process family, a held item's id): it never travels.
    """

    deed: Deed
    target: str = ""


class Result(StrEnum):
    """How a deed went."""

    DONE = "DONE"
    NOT_NEEDED = "NOT_NEEDED"
    FAILED = "FAILED"
    UNDONE = "UNDONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one response. `numbers` may travel; `reason` is a slug when it failed."""

    deed: Deed
    result: Result
    at: datetime
    numbers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
