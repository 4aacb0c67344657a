"""A message leaves: each address is tried at most once without being sure how that went.

What leaves cannot be taken back into a transaction. So an attempt is written down before it is
made; one that is found "under way" by a later run was cut in the middle, and may have arrived:
it is not made again. The next address is tried; if there is none, the outage goes to whoever
follows. So a kill never tells anything twice, and never silences it.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from vigie.console.notices import sealing, ways, wording
from vigie.console.notices.models import Address, Attempt, Message, Outcome

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class NotTold(Exception):
    """No address took the message; it is tried again later."""


def send(message: Message, clock: Clock, *, last: bool = False) -> bool:
    """Tell a message by the first address that takes it; return whether one did.

    Raise NotTold when those that refused may be tried again later. `last`: there is no later.
    """
    if message.ended_at is not None:
        return message.told_at is not None
    cut = message.attempts.filter(outcome=Outcome.UNDER_WAY)
    cut.update(outcome=Outcome.UNSURE)
    for address in Address.objects.filter(person=message.person_id):
        if not _claim(message, address, clock()):
            continue
        if _told(message, address):
            now = clock()
            message.attempts.filter(address=address).update(outcome=Outcome.TOLD)
            Message.objects.filter(pk=message.pk).update(told_at=now, ended_at=now)
            Address.objects.filter(pk=address.pk).update(reached_at=now, trouble="")
            return True
        message.attempts.filter(address=address).update(outcome=Outcome.REFUSED)
    unsure = message.attempts.filter(outcome=Outcome.UNSURE).exists()
    if last or unsure or not message.attempts.filter(outcome=Outcome.REFUSED).exists():
        Message.objects.filter(pk=message.pk).update(ended_at=clock())
        return False
    raise NotTold


def test(address: Address, clock: Clock) -> bool:
    """Send the test message to one address and keep how that went."""
    if address.tested_at is not None:
        return not address.trouble  # a second run of the same job
    trouble = _trouble(address, wording.trial(address.person.language))
    known = {"tested_at": clock(), "trouble": trouble}
    Address.objects.filter(pk=address.pk).update(
        **known, **({} if trouble else {"reached_at": clock()})
    )
    return not trouble


def _claim(message: Message, address: Address, now: datetime) -> bool:
    """Write that an attempt is under way; False if it was made, or may have been."""
    fresh = {"outcome": Outcome.UNDER_WAY, "at": now}
    with transaction.atomic():
        _, new = Attempt.objects.get_or_create(message=message, address=address, defaults=fresh)
        refused = Attempt.objects.filter(message=message, address=address, outcome=Outcome.REFUSED)
        return new or bool(refused.update(**fresh))


def _told(message: Message, address: Address) -> bool:
    trouble = _trouble(address, wording.letter(message))
    if trouble:
        Address.objects.filter(pk=address.pk).update(trouble=trouble)
    return not trouble


def _trouble(address: Address, letter: ways.Letter) -> str:
    """Return why an address did not take a letter, as a slug, or nothing."""
    try:
        leads = ways.through(sealing.opened(address.sealed), settings.MAIL)
        took = ways.tell(leads, letter, settings.LOCAL_RECEIVERS)
    except ways.NotAnAddress as why:
        return why.slug
    except InvalidToken:
        return "sealed_by_a_lost_key"
    return "" if took else "not_taken"
