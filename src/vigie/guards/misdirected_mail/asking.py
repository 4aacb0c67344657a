"""Asking: the shape of every finding about a message that waits, and whom it is about."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, MailLeaving
from vigie.domain.finding import Finding, Gravity


def outside(leaving: MailLeaving) -> Iterator[Acquaintance]:
    """Yield the recipients who are not of the practice."""
    staff = {box.address for box in leaving.circle.staff}
    for who in leaving.recipients:
        if who.box.address not in staff and who.box.domain not in leaving.circle.own:
            yield who


def asked(
    leaving: MailLeaving,
    fact: str,
    *,
    gravity: Gravity = Gravity.ALARM,
    numbers: dict[str, int] | None = None,
    **clues: str,
) -> Finding:
    """Return a finding about a message. Its subject is the held item: one question for them all."""
    message = leaving.message
    subject = leaving.place or message.identity or message.digest
    return Finding(
        gravity=gravity,
        fact=fact,
        numbers=numbers or {},
        clues={"subject": subject, **{name: text for name, text in clues.items() if text}},
    )
