"""Outages: matters that began together are one thing to tell, to take on and to see ended."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert, Outage
from vigie.console.journal import chain
from vigie.console.practices.models import Practice
from vigie.domain.finding import Gravity

# A power cut, a dead switch or a bad update shows on every machine within minutes. What begins
# half an hour after the last of it is something else, and worth another word.
TOGETHER = timedelta(minutes=30)


def gather(now: datetime) -> int:
    """Put each open matter that has no outage into one; return how many outages began."""
    waiting = Alert.objects.filter(outage=None, closed_at=None)
    practices = waiting.order_by("practice_id").values_list("practice_id", flat=True).distinct()
    return sum(_gather_in(number, now) for number in list(practices))


def close_settled(now: datetime) -> int:
    """Close the outages of which no matter is open any more; return how many."""
    still_open = Alert.objects.filter(outage=OuterRef("pk"), closed_at=None)
    return Outage.objects.filter(~Exists(still_open), closed_at=None).update(closed_at=now)


def acknowledge(outage: Outage, person: Person, now: datetime) -> bool:
    """Write down that this person has taken it on; False if somebody was quicker."""
    with transaction.atomic():
        free = Outage.objects.filter(pk=outage.pk, acknowledged_at=None, closed_at=None)
        if not free.update(acknowledged_at=now, acknowledged_by=person):
            return False
        record = {"event": "acknowledged", "outage": outage.pk, "by": person.pk}
        chain.record(outage.practice, record, now)
    return True


def _gather_in(practice_id: int, now: datetime) -> int:
    with transaction.atomic():
        _hold(practice_id)  # two workers that gather at once take turns
        lately = Q(closed_at=None) | Q(closed_at__gt=now - TOGETHER)  # it may come again
        opened = list(Outage.objects.filter(lately, practice_id=practice_id))
        began = 0
        waiting = Alert.objects.filter(practice_id=practice_id, outage=None, closed_at=None)
        for alert in waiting.order_by("opened_at", "id"):
            outage = next((o for o in opened if _belongs(alert, o)), None)
            if outage is None:
                outage = Outage.objects.create(
                    practice_id=practice_id,
                    gravity=alert.gravity,
                    opened_at=alert.opened_at,
                    last_at=alert.opened_at,
                )
                opened.append(outage)
                began += 1
            elif Gravity(alert.gravity).rank > Gravity(outage.gravity).rank:
                outage.gravity = alert.gravity
            outage.last_at, outage.closed_at = max(outage.last_at, alert.opened_at), None
            outage.save(update_fields=["gravity", "last_at", "closed_at"])
            Alert.objects.filter(pk=alert.pk).update(outage=outage)
    return began


def _belongs(alert: Alert, outage: Outage) -> bool:
    """Return whether a matter is part of an outage: near it, and no graver than what was told."""
    near = alert.opened_at - outage.last_at <= TOGETHER
    graver = Gravity(alert.gravity).rank > Gravity(outage.gravity).rank
    return near and not (graver and outage.told_at is not None)


def _hold(practice_id: int) -> None:
    if connection.features.has_select_for_update:
        Practice.objects.select_for_update().get(pk=practice_id)
