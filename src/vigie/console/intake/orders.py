"""Orders: kept as the caretaker signed them, delivered until taken or expired."""

from datetime import datetime

import msgspec
from django.db import connection
from django.db.models import Max

from vigie.console.accounts.models import SigningKey
from vigie.console.intake.models import Order
from vigie.console.practices.models import Machine, State
from vigie.tools import keys
from vigie.wire import orders as wire
from vigie.wire.reports import SignedOrder

MOST_DELIVERED = 32
_WAITING = (
    "SELECT body, key, signature FROM intake_order "
    "WHERE machine_id = %s AND sequence > %s AND expires > %s ORDER BY sequence LIMIT %s"
)


class OrderRefused(ValueError):
    """The order is not one, is not signed by a caretaker of the practice, or comes too late."""


class NotACaretaker(OrderRefused):
    """The key is not that of a caretaker of the practice, or did not sign this."""


class SequenceUsed(OrderRefused):
    """Another order has this sequence number: somebody was quicker."""


def next_sequence(machine: Machine, now: datetime) -> int:
    """Return a sequence number that this machine has not seen.

    It grows with every order and follows the clock (seconds since 1970), so that a console whose
    database was lost does not begin again below what its machines have taken.
    """
    given = Order.objects.filter(machine=machine).aggregate(last=Max("sequence"))["last"] or 0
    return max(given + 1, machine.taken + 1, int(now.timestamp()))


def put(signed: SignedOrder, now: datetime) -> Order:
    """Keep a signed order for its machine. Raise OrderRefused.

    The machine checks all this again: here it only spares a journey.
    """
    try:
        order = wire.decode(signed.body)
    except msgspec.MsgspecError:
        raise OrderRefused("not an order") from None
    machine = Machine.objects.filter(
        pseudonym=order.machine, practice__pseudonym=order.practice, state=State.APPROVED
    ).first()
    if machine is None or order.expires <= now:
        raise OrderRefused("no such machine, or too late")
    mine = SigningKey.objects.filter(
        public=signed.key, person__practices=machine.practice_id
    ).exists()
    if not mine or not keys.verified(signed.key, signed.body.encode(), signed.signature):
        raise NotACaretaker("not signed by a caretaker of this practice")
    kept, new = Order.objects.get_or_create(
        machine=machine,
        sequence=order.sequence,
        defaults={
            "practice_id": machine.practice_id,
            "body": signed.body,
            "key": signed.key,
            "signature": signed.signature,
            "expires": order.expires,
            "given_at": now,
        },
    )
    if not new and kept.signature != signed.signature:
        raise SequenceUsed("this sequence number is used")
    return kept


def addressee(signed: SignedOrder) -> str:
    """Return the pseudonym of the machine an order names. Raise OrderRefused."""
    try:
        return wire.decode(signed.body).machine
    except msgspec.MsgspecError:
        raise OrderRefused("not an order") from None


def waiting_for(machine: Machine, now: datetime) -> tuple[SignedOrder, ...]:
    """Return the orders this machine has not taken, oldest first."""
    with connection.cursor() as cursor:  # every batch asks: SQL in words costs half
        moment = connection.ops.adapt_datetimefield_value(now)
        cursor.execute(_WAITING, (machine.pk, machine.taken, moment, MOST_DELIVERED))
        return tuple(SignedOrder(body=b, key=k, signature=s) for b, k, s in cursor.fetchall())
