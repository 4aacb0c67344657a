"""What became of the orders of a practice: told by the machines' own reports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext as _

from vigie.console.accounts.models import Person, SigningKey
from vigie.console.desk import moments
from vigie.console.intake.models import Order, Report
from vigie.console.orders import sentences
from vigie.console.practices.models import Machine, Practice
from vigie.console.signing.models import AssertedOrder
from vigie.wire import orders as wire

MOST_SHOWN = 50
_RANK = {"order_refused": 1, "order_taken": 2, "order_failed": 3, "order_done": 3}
State = Literal["waiting", "taken", "done", "failed", "refused", "expired"]
_STATE: Mapping[str, State] = {
    "order_refused": "refused",
    "order_taken": "taken",
    "order_failed": "failed",
    "order_done": "done",
}
Kept = Order | AssertedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order as the page shows it. `order` is its wish's own name, or nothing."""

    machine: Machine
    number: int
    order: str
    at: datetime
    expires: datetime
    by_passkey: bool
    reason: str
    said: str
    given: str
    by: str
    state: State
    sign: str
    word: str
    why: str


def lines(person: Person, of: Practice, now: datetime) -> list[Line]:
    """Return the latest orders of a practice, newest first, with what became of each."""
    kept: list[Kept] = [
        row
        for model in (Order, AssertedOrder)
        for row in model.objects.visible_to(person)
        .filter(practice=of)
        .select_related("machine")
        .order_by("-given_at")[:MOST_SHOWN]
    ]
    kept.sort(key=lambda row: row.given_at, reverse=True)
    kept = kept[:MOST_SHOWN]
    answers = _answers(person, of, kept)
    signers = _signers(kept)
    return [_line(row, answers, signers, of.timezone, now) for row in kept]


def _line(
    row: Kept, answers: dict[Any, dict[str, Any]], signers: dict[str, str], zone: str, now: datetime
) -> Line:
    state, reason = _standing(row, answers, now)
    by = str(row.person or "") if isinstance(row, AssertedOrder) else signers.get(row.key, "")
    return Line(
        machine=row.machine,
        number=row.sequence,
        order=_named(row),
        at=row.given_at,
        expires=row.expires,
        by_passkey=isinstance(row, AssertedOrder),
        reason=reason,
        said=_said(row),
        given=moments.moment(row.given_at, zone, now),
        by=by,
        state=state,
        sign=sentences.SIGNS[state],
        word=_(sentences.STATES[state]),
        why=sentences.why(reason),
    )


def _standing(row: Kept, answers: dict[Any, dict[str, Any]], now: datetime) -> tuple[State, str]:
    fact = answers.get((row.machine_id, row.sequence))
    if fact is not None:
        reasons = [name for name in fact["numbers"] if name in sentences.REASONS]
        return _STATE[fact["fact"]], reasons[0] if reasons else ""
    return ("expired" if row.expires <= now else "waiting"), ""


def _said(row: Kept) -> str:
    try:
        return sentences.said(wire.decode(row.body).wish, str(row.machine))
    except msgspec.MsgspecError:
        return _("An order of another version.")


def _named(row: Kept) -> str:
    try:
        return str(type(wire.decode(row.body).wish).__struct_config__.tag)
    except msgspec.MsgspecError:
        return ""


def _answers(person: Person, of: Practice, kept: Iterable[Kept]) -> dict[Any, dict[str, Any]]:
    """Return the last word of the machines by machine and sequence."""
    oldest = min((row.given_at for row in kept), default=None)
    if oldest is None:
        return {}
    told = Report.objects.visible_to(person).filter(practice=of, received_at__gte=oldest)
    found: dict[Any, dict[str, Any]] = {}
    for machine, facts in told.order_by("received_at").values_list("machine_id", "facts"):
        for fact in facts:
            if fact["fact"] in _RANK and "sequence" in fact["numbers"]:
                place = machine, fact["numbers"]["sequence"]
                before = found.get(place)
                if before is None or _RANK[fact["fact"]] > _RANK[before["fact"]]:
                    found[place] = fact
    return found


def _signers(kept: Iterable[Kept]) -> dict[str, str]:
    keys = {row.key for row in kept if isinstance(row, Order)}
    rows = SigningKey.objects.filter(public__in=keys).select_related("person")
    return {row.public: str(row.person) for row in rows}
