"""Recipients: an address never written to that comes near a known one."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, Mailbox, MailLeaving
from vigie.domain.finding import Finding
from vigie.guards.misdirected_mail.asking import asked
from vigie.knowledge.domains import label
from vigie.knowledge.likeness import Likeness, domain_slip, likeness, provider_meant
from vigie.knowledge.mail_domains import webmail

_FACTS = {
    Likeness.MISTYPED: "recipient_mistyped",
    Likeness.OTHER_DOMAIN: "recipient_elsewhere",
    Likeness.NAMESAKE: "recipient_namesake",
}
# Letters of a domain's own part from which another ending, or one slip, is no coincidence.
_TELLING = 6


def addresses(leaving: MailLeaving) -> Iterator[Finding]:
    """Say which recipients resemble a known address, or stand at a domain that resembles one."""
    present = {who.box.address for who in leaving.recipients}
    for who in leaving.recipients:
        if who.sent:
            continue
        finding = _resembling(leaving, who, present) or _at_slipped_domain(leaving, who)
        if finding is not None and finding.fact not in who.settled:
            yield finding


def _resembling(leaving: MailLeaving, who: Acquaintance, present: set[str]) -> Finding | None:
    for how, fact in _FACTS.items():
        if how is not Likeness.MISTYPED and who.received:
            continue  # they wrote from there themselves
        for known in _known(leaving):
            # Two brothers in one message are both meant.
            if known.address not in present and likeness(who.box, known) is how:
                return asked(leaving, fact, recipient=who.box.address, known=known.address)
    return None


def _known(leaving: MailLeaving) -> Iterator[Mailbox]:
    yield from (known.box for known in leaving.circle.similar if known.known)
    yield from leaving.circle.staff


def _at_slipped_domain(leaving: MailLeaving, who: Acquaintance) -> Finding | None:
    domain = who.box.domain
    if who.known or webmail(domain):
        return None
    meant = provider_meant(domain)
    if not meant:
        meant = next(
            (
                known.box.domain
                for known in leaving.circle.similar
                if known.sent and _slipped(domain, known.box.domain)
            ),
            "",
        )
    if not meant:
        return None
    return asked(
        leaving,
        "domain_mistyped",
        recipient=who.box.address,
        known=f"{who.box.local}@{meant}",
    )


def _slipped(domain: str, known: str) -> bool:
    return (
        not webmail(known)
        and min(len(label(domain)), len(label(known))) >= _TELLING
        and domain_slip(domain, known)
    )
