"""Taking back: everything in the undo book put right again, the latest deed first."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Result
from vigie.responders import Responder
from vigie.tools.undo import UndoBook

log = logging.getLogger(__name__)


def take_back(
    book: UndoBook,
    responders: Mapping[Deed, Responder],
    report: str | None,
    *,
    at: datetime,
    leaving: Collection[Deed] = (),
) -> tuple[Outcome, ...]:
    """Undo everything done about one report (or all reports); strike what could be undone.

    Deeds in `leaving` stand.
    """
    outcomes = []
    for entry in book.pending(report):
        if entry.deed in leaving:
            continue
        responder = responders.get(entry.deed)
        if responder is None:
            outcomes.append(_failed(entry.deed, at))
            continue
        try:
            outcome = responder.take_back(entry.target, entry.note, at=at)
        except Exception:  # a responder's failure is an outcome, never an outage
            log.exception("could not take back %s", entry.deed)
            outcome = _failed(entry.deed, at)
        if outcome.result is not Result.FAILED:
            book.strike(entry)
        outcomes.append(outcome)
    return tuple(outcomes)


def _failed(deed: Deed, at: datetime) -> Outcome:
    return Outcome(deed=deed, result=Result.FAILED, at=at, reason="not_undone")
