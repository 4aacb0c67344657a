"""Groups: one who never was among these people, and many who should not see one another."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, MailLeaving
from vigie.domain.finding import Finding
from vigie.guards.misdirected_mail.asking import asked, outside
from vigie.knowledge.mail_domains import webmail

LEAST = 4  # recipients: three who belong together, and one who does not
CLOSE = 0.7  # of the others, how many each was written to with before: they are a group
MANY = 12  # people outside who see one another's address
MANY_PRIVATE = 5  # the same where the addresses are private: they are patients, likely
STRANGERS = 0.5  # share of pairs never written to together that makes it no circle of colleagues


def outsiders(leaving: MailLeaving) -> Iterator[Finding]:
    """Say who among the recipients was never written to with any of the others, who all were."""
    everyone = leaving.recipients
    if len(everyone) < LEAST:
        return
    alone = [who for who in everyone if not who.together]
    others = len(everyone) - 1
    if len(alone) != 1 or "unusual_in_group" in alone[0].settled:
        return
    bonds = sum(who.together for who in everyone) / (others * (others - 1))
    if bonds >= CLOSE:
        yield asked(
            leaving,
            "unusual_in_group",
            recipient=alone[0].box.address,
            numbers={"recipients": others},
        )


def visible(leaving: MailLeaving) -> Iterator[Finding]:
    """Say when many people who do not know one another would see all the addresses."""
    shown = {box.address for box in (*leaving.message.to, *leaving.message.cc)}
    seen = [who for who in outside(leaving) if who.box.address in shown]
    private = [who for who in seen if webmail(who.box.domain)]
    for many, least in ((seen, MANY), (private, MANY_PRIVATE)):
        if len(many) >= least and _strangers(many, len(leaving.recipients)):
            yield asked(leaving, "recipients_visible", numbers={"recipients": len(seen)})
            return


def _strangers(many: list[Acquaintance], everyone: int) -> bool:
    bonds = sum(who.together for who in many) / (len(many) * (everyone - 1))
    return 1 - bonds >= STRANGERS
