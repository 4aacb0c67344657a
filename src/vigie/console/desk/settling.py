"""Settling by hand: a matter is closed, and the journal of its practice says by whose hand."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert
from vigie.console.journal import chain
from vigie.console.practices.models import Practice


def settle(
    visible: QuerySet[Alert], matters: Iterable[Alert], person: Person, now: datetime
) -> int:
    """Close those of these matters that are visible and open; return how many.

    The journal learns of each once: of two people who settle at the same time, one does.
    """
    by_practice: dict[int, list[Alert]] = defaultdict(list)
    for alert in matters:
        by_practice[alert.practice_id].append(alert)
    settled = 0
    with transaction.atomic():
        for number in sorted(by_practice):  # always in this order: no two block each other
            of = Practice.objects.get(pk=number)
            for alert in by_practice[number]:
                if visible.filter(pk=alert.pk).update(closed_at=now):
                    event = {"event": "settled", "key": alert.key, "by": person.pk}
                    chain.record(of, event, now)
                    settled += 1
    return settled
