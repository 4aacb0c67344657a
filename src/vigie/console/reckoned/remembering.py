"""Remembering: by a mark that changes with everything the result was made from, and by time.

The journal's head moves with each batch that brought something, and with each machine that is let
in or turned away; open matters are the other half. So a practice where nothing happened is reckoned
once, and one where something did is reckoned again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from vigie.console.alerts.models import Alert
from vigie.console.journal.models import Head
from vigie.console.practices.models import OfPractice, Reader
from vigie.console.reckoned.models import Reckoned

# So many practices are reckoned while somebody waits for a page; beyond, what was right a moment
# ago is shown until the duty has come round, which it does every minute.
AT_ONCE = 20
OLD = timedelta(minutes=3)

Rows = list[Any]


def marks(
    numbers: Sequence[int], open_alerts: Iterable[Alert], person: Reader | None = None
) -> dict[int, str]:
    """Return the mark of each practice, by its number; `person` is who asks, None the console."""
    heads = _seen_by(person, Head.objects.all()).among(numbers)
    known = dict(heads.values_list("practice_id", "number"))
    matters: dict[int, list[int]] = defaultdict(list)
    for alert in open_alerts:
        matters[alert.practice_id].append(alert.pk)
    return {number: _mark(known.get(number, 0), matters.get(number)) for number in numbers}


def known(marks: Mapping[int, str], now: datetime, person: Reader | None = None) -> dict[int, Rows]:
    """Return what is remembered and still right, by the practice's number.

    Where more than AT_ONCE are not, those that were right less than OLD ago are taken as well,
    unless time alone has made them wrong: an expired proof is never shown as good.
    """
    rows = _seen_by(person, Reckoned.objects.all()).among(marks)
    found, stale = {}, {}
    for row in rows.values_list("practice_id", "mark", "at", "until", "rows"):
        number, mark, at, until, told = row
        if number not in marks or (until is not None and until <= now):
            continue
        if mark == marks[number]:
            found[number] = told
        elif now - at < OLD:
            stale[number] = told
    if len(marks) - len(found) > AT_ONCE:
        found |= stale
    return found


def right(marks: Mapping[int, str], now: datetime) -> set[int]:
    """Return the numbers of those whose remembered result is still right."""
    rows = Reckoned.objects.all().among(marks)
    return {
        number
        for number, mark, until in rows.values_list("practice_id", "mark", "until")
        if mark == marks.get(number) and (until is None or until > now)
    }


def keep(
    told: Mapping[int, Rows],
    marks: Mapping[int, str],
    ends: Mapping[int, datetime],
    now: datetime,
) -> None:
    """Remember these results; `ends` are the moments at which time alone makes one wrong."""
    Reckoned.objects.bulk_create(
        [
            Reckoned(
                practice_id=number,
                mark=marks[number],
                at=now,
                until=ends.get(number),
                rows=rows,
            )
            for number, rows in told.items()
        ],
        update_conflicts=True,
        unique_fields=["practice"],
        update_fields=["mark", "at", "until", "rows"],
    )


def _seen_by(person: Reader | None, rows: OfPractice) -> OfPractice:
    return rows if person is None else rows.visible_to(person)


def _mark(head: int, matters: list[int] | None) -> str:
    if not matters:
        return str(head)
    joined = ",".join(str(number) for number in sorted(matters))
    return f"{head}/{hashlib.sha256(joined.encode()).hexdigest()[:32]}"
