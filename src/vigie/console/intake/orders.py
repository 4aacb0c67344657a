"""Orders: kept as the caretaker's key or passkey signed them, delivered until taken or expired."""

from datetime import datetime

import msgspec
from django.db import connection
from django.db.models import Max

from vigie.console.accounts.models import ACTING, Person, SigningKey
from vigie.console.intake.models import Order
from vigie.console.practices.models import Machine, Practice, State
from vigie.console.signing import passkeys
from vigie.console.signing.models import AssertedOrder as Asserted
from vigie.tools import keys
from vigie.tools.passkeys import Assertion, NotAsserted, counted
from vigie.wire import orders as wire
from vigie.wire.passkeys import AssertedOrder, challenge
from vigie.wire.reports import SignedOrder

MOST_DELIVERED = 32
_DUE = "WHERE machine_id = %s AND sequence > %s AND expires > %s"
_WAITING = (  # put together from our own words only
    "SELECT sequence, body, signature, key, '' AS credential, '' AS authenticator, '' AS client "  # noqa: S608
    f"FROM intake_order {_DUE} UNION ALL "
    "SELECT sequence, body, signature, '', credential, authenticator, client "
    f"FROM signing_assertedorder {_DUE} ORDER BY 1 LIMIT %s"
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
    given = (_last(Order, machine), _last(Asserted, machine), machine.taken)
    return max(*(last + 1 for last in given), int(now.timestamp()))


def _last(model: type[Order | Asserted], machine: Machine) -> int:
    last = model.objects.filter(machine=machine).aggregate(last=Max("sequence"))["last"]
    return int(last or 0)


def put(signed: SignedOrder, now: datetime) -> Order:
    """Keep a signed order for its machine. Raise OrderRefused.

    The machine checks all this again: here it only spares a journey.
    """
    order, machine = _addressed(signed.body, now)
    mine = SigningKey.objects.filter(
        public=signed.key,
        person__practices=machine.practice_id,
        person__role__in=ACTING,
        person__is_active=True,
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


def put_asserted(asserted: AssertedOrder, of: Practice, person: Person, now: datetime) -> Asserted:
    """Keep an order to a practice that a passkey of this person has signed. Raise OrderRefused.

    As for `put`: the machine trusts none of this, and checks it with what it has pinned.
    """
    order, machine = _addressed(asserted.body, now)
    if machine.practice_id != of.pk or isinstance(order.wish, wire.BY_KEY_ALONE):
        raise OrderRefused("another practice, or it asks for a key")
    mine = {passkey.credential: passkey for passkey in passkeys.of_person(person)}
    passkey = mine.get(asserted.credential)
    cares = person.acts and person.practices.filter(pk=of.pk).exists()
    if passkey is None or not cares:
        raise NotACaretaker("not a passkey of a caretaker of this practice")
    said = Assertion(
        authenticator=asserted.authenticator,
        client=asserted.client,
        signature=asserted.signature,
    )
    try:
        counted(
            said,
            public=passkey.public,
            site=passkey.site,
            origin=passkey.origin,
            challenge=challenge(asserted.body),
        )
    except NotAsserted as why:
        raise NotACaretaker(str(why)) from why
    if Order.objects.filter(machine=machine, sequence=order.sequence).exists():
        raise SequenceUsed("this sequence number is used")
    parts = {name: getattr(asserted, name) for name in asserted.__struct_fields__}
    kept, new = Asserted.objects.get_or_create(
        machine=machine,
        sequence=order.sequence,
        defaults=parts
        | {
            "practice_id": machine.practice_id,
            "person": person,
            "expires": order.expires,
            "given_at": now,
        },
    )
    if not new and kept.signature != asserted.signature:
        raise SequenceUsed("this sequence number is used")
    return kept


def _addressed(body: str, now: datetime) -> tuple[wire.Order, Machine]:
    """Return an order and its machine. Raise OrderRefused where it is none, or too late."""
    try:
        order = wire.decode(body)
    except msgspec.MsgspecError:
        raise OrderRefused("not an order") from None
    machine = Machine.objects.filter(
        pseudonym=order.machine, practice__pseudonym=order.practice, state=State.APPROVED
    ).first()
    if machine is None or order.expires <= now:
        raise OrderRefused("no such machine, or too late")
    return order, machine


def addressee(signed: SignedOrder) -> str:
    """Return the pseudonym of the machine an order names. Raise OrderRefused."""
    try:
        return wire.decode(signed.body).machine
    except msgspec.MsgspecError:
        raise OrderRefused("not an order") from None


def waiting_for(
    machine: Machine, now: datetime
) -> tuple[tuple[SignedOrder, ...], tuple[AssertedOrder, ...]]:
    """Return the orders this machine has not taken, oldest first: by a key, by a passkey."""
    moment = connection.ops.adapt_datetimefield_value(now)
    due = (machine.pk, machine.taken, moment)
    with connection.cursor() as cursor:  # every batch asks, once: SQL in words costs half
        cursor.execute(_WAITING, (*due, *due, MOST_DELIVERED))
        rows = cursor.fetchall()
    signed = [SignedOrder(body=b, key=k, signature=s) for _, b, s, k, *_ in rows if k]
    asserted = [
        AssertedOrder(body=b, signature=s, credential=c, authenticator=a, client=client)
        for _, b, s, _, c, a, client in rows
        if c
    ]
    return tuple(signed), tuple(asserted)
