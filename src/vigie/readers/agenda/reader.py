"""The way from an export to who comes when, through a cell that is used for nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from vigie.domain.evidence.agenda import Appointment, Telephone
from vigie.readers.agenda.parse import LONGEST, MOST
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.job import read_once
from vigie.tools.confinement import Limits

_READER = "vigie.readers.agenda.parse.read"
_LIMITS = Limits(time=timedelta(seconds=20), memory=768 << 20, answer=8 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What one export holds."""

    appointments: Sequence[Appointment] = ()
    telephones: Sequence[Telephone] = ()


def read_export(descriptor: int, name: str, *, zone: str, first: date, last: date) -> Export:
    """Return what an open export holds between two days, both included.

    Raise ReadFailed where there is no answer, or where it is neither an agenda nor a list.
    """
    answer = read_once(
        _READER,
        descriptor,
        limits=_LIMITS,
        name=name[-255:],
        zone=zone,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    try:
        return _export(answer)
    except (ValueError, TypeError, KeyError):
        raise ReadFailed("bad_answer") from None


def _export(untrusted: Any) -> Export:  # noqa: ANN401  (it may be anything)
    if untrusted["kind"] not in {"calendar", "table"}:
        raise ValueError("neither an agenda nor a list")
    rows, numbers = untrusted["appointments"], untrusted["telephones"]
    if len(rows) > MOST or len(numbers) > MOST:
        raise ValueError("too many")
    return Export(
        appointments=tuple(_appointment(*map(_text, row)) for row in rows),
        telephones=tuple(
            Telephone(name=name, number=number)
            for name, number in (map(_text, row) for row in numbers)
        ),
    )


def _appointment(starts: str, ends: str, who: str, telephone: str) -> Appointment:
    return Appointment(
        starts=datetime.fromisoformat(starts),
        ends=datetime.fromisoformat(ends) if ends else None,
        who=who,
        telephone=telephone,
    )


def _text(untrusted: Any) -> str:  # noqa: ANN401  (it may be anything)
    if not isinstance(untrusted, str) or len(untrusted) > LONGEST:
        raise ValueError("no text")
    return untrusted
