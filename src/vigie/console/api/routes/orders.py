"""Orders: signed elsewhere, carried from here. The console has no key that a machine obeys."""

from datetime import UTC, datetime

from ninja import Path, Router, Status

from vigie.console.api.asking import Program, Refused, opened
from vigie.console.api.care_words import OrderStandingOut
from vigie.console.api.scopes import Scope
from vigie.console.api.words import (
    REFUSALS,
    OrderIn,
    OrderOut,
    Pseudonym,
    SequenceOut,
)
from vigie.console.intake import orders
from vigie.console.orders import standings
from vigie.console.practices.models import Machine
from vigie.wire.reports import SignedOrder

router = Router(tags=["orders"])


@router.get(
    "/practices/{practice}/machines/{machine}/sequence",
    response={200: SequenceOut, **REFUSALS},
    **opened(Scope.CARRY_ORDERS),
)
def next_sequence(
    request: Program, practice: Path[Pseudonym], machine: Path[Pseudonym]
) -> SequenceOut:
    """Say which sequence number the next order to a machine must carry."""
    found = request.auth.machine(request.auth.practice(practice), machine)
    return SequenceOut(sequence=orders.next_sequence(found, datetime.now(UTC)))


@router.get(
    "/practices/{practice}/orders",
    response={200: list[OrderStandingOut], **REFUSALS},
    url_name="orders",
    **opened(Scope.READ_ORDERS),
)
def practice_orders(request: Program, practice: Path[Pseudonym]) -> list[OrderStandingOut]:
    """Say what became of the latest orders of a practice, the newest first.

    Those that a passkey has signed are here as well. Signing one takes a person, a browser and a
    touch: no key of this API signs anything.
    """
    of = request.auth.practice(practice)
    return [
        OrderStandingOut(
            machine=line.machine.pseudonym,
            sequence=line.number,
            order=line.order,
            said=line.said,
            given_at=line.at,
            expires=line.expires,
            by=line.by,
            by_passkey=line.by_passkey,
            state=line.state,
            reason=line.reason,
        )
        for line in standings.lines(request.auth.person, of, datetime.now(UTC))
    ]


@router.post("/orders", response={201: OrderOut, **REFUSALS}, **opened(Scope.CARRY_ORDERS))
def carry(request: Program, sent: OrderIn) -> Status[OrderOut]:
    """Carry an order that a caretaker of the practice has signed."""
    signed = SignedOrder(body=sent.body, key=sent.key, signature=sent.signature)
    try:
        named = orders.addressee(signed)
        mine = Machine.objects.filter(pseudonym=named, practice__in=request.auth.practices)
        if not mine.exists():
            raise Refused(422, "not_an_order")
        kept = orders.put(signed, datetime.now(UTC))
    except orders.SequenceUsed:
        raise Refused(409, "sequence_used") from None
    except orders.NotACaretaker:
        raise Refused(403, "not_signed_by_a_caretaker") from None
    except orders.OrderRefused:
        raise Refused(422, "not_an_order") from None
    return Status(201, OrderOut(machine=named, sequence=kept.sequence, expires=kept.expires))
