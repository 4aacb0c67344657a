"""Keeping what machines say about their outflow, and forgetting it after ninety days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from vigie.console.outflow.models import Outflow
from vigie.console.practices.models import Machine
from vigie.wire.reports import OutflowWord

KEPT = timedelta(days=90)


def keep(machine: Machine, words: Sequence[OutflowWord], now: datetime) -> None:
    """Keep what a machine sent, each word once. What is older than is kept is left out."""
    Outflow.objects.bulk_create(
        [
            Outflow(
                practice_id=machine.practice_id,
                machine=machine,
                item=word.id,
                since=word.since.astimezone(UTC),
                until=word.until.astimezone(UTC),
                sent=word.sent,
            )
            for word in words
            if now - KEPT < word.since < word.until <= now + timedelta(hours=2)
        ],
        ignore_conflicts=True,
    )


def forget_old(now: datetime) -> int:
    """Forget what is older than ninety days; return how many rows that were."""
    return Outflow.objects.filter(until__lt=now - KEPT).delete()[0]
