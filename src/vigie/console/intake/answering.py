"""Answering: what waits for a machine travels back with the receipt of its batch."""

from datetime import datetime

from django.db import connection

from vigie.console.intake import advising, orders, sharing
from vigie.console.journal.models import Head
from vigie.console.practices.models import Machine
from vigie.wire.reports import Mark, Receipt

# Nearly always nothing waits: one question spares three.
_ANYTHING = (
    "SELECT EXISTS (SELECT 1 FROM intake_knownbad WHERE id > %s), "
    "EXISTS (SELECT 1 FROM intake_advice WHERE machine_id = %s AND id > %s), "
    "EXISTS (SELECT 1 FROM intake_order WHERE machine_id = %s AND sequence > %s AND expires > %s) "
    "OR EXISTS (SELECT 1 FROM signing_assertedorder "
    "WHERE machine_id = %s AND sequence > %s AND expires > %s)"
)


def receipt(
    machine: Machine, head: Head, kept: list[str], marks: tuple[Mark, Mark], now: datetime
) -> Receipt:
    """Return the receipt for the items `kept`, with all that is newer than the machine knows.

    `marks` are the machine's own: up to where it has heard of bad files, and of advice.
    """
    bad_number, advice_number = marks
    some_bad, some_advice, some_orders = _anything(machine, marks, now)
    bad, bad_number = sharing.since(bad_number) if some_bad else ((), bad_number)
    advice, advice_number = (
        advising.since(machine, advice_number) if some_advice else ((), advice_number)
    )
    signed, asserted = orders.waiting_for(machine, now) if some_orders else ((), ())
    return Receipt(
        kept=tuple(kept),
        journal_number=head.number,
        journal_digest=head.digest or None,
        orders=signed,
        asserted=asserted,
        bad=bad,
        bad_number=bad_number,
        advice=advice,
        advice_number=advice_number,
    )


def _anything(machine: Machine, marks: tuple[Mark, Mark], now: datetime) -> tuple[bool, bool, bool]:
    bad_number, advice_number = marks
    due = (machine.pk, machine.taken, connection.ops.adapt_datetimefield_value(now))
    with connection.cursor() as cursor:
        cursor.execute(_ANYTHING, (bad_number, machine.pk, advice_number, *due, *due))
        bad, advice, ordered = cursor.fetchone()
    return bool(bad), bool(advice), bool(ordered)
