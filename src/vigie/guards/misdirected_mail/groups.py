"""Groups: one who never was among these people, and many who should not see one another."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, MailLeaving
from vigie.domain.finding import Finding
from vigie.guards.misdirected_mail.asking import asked, outside
from vigie.knowledge.mail_domains import webmail
from vigie.knowledge.persons import person

LEAST = 3  # people who belong together, besides the one who does not
LEAST_APART = 2  # people at work, besides one at a private address
RARELY = 0.1  # of the others, with how many somebody was written to before who is no member
ROUND = 4  # others, from which several may be new to one another
USUALLY = 0.5  # of the others, with how many somebody was written to who is usual among them
CLOSE = 0.7  # of the others, how many each was written to with before: they are a group
MANY = 12  # people outside who see one another's address
MANY_PRIVATE = 5  # the same where the addresses are private: they are patients, likely
STRANGERS = 0.5  # share of pairs never written to together that makes it no circle of colleagues


def outsiders(leaving: MailLeaving) -> Iterator[Finding]:
    """Say who among the recipients was never written to with any of the others, who all were."""
    everyone = leaving.recipients
    others = len(everyone) - 1
    alone = [who for who in everyone if who.together <= RARELY * others]
    if others < 1 or any("unusual_in_group" in who.settled for who in alone):
        return
    # Among few, two who meet for the first time say nothing; in a round, a namesake's place does.
    for odd in alone if len(alone) == 1 or others >= ROUND else ():
        if usual := _usual_namesake(leaving, odd):
            yield asked(
                leaving,
                "unusual_in_group",
                recipient=odd.box.address,
                known=usual,
                numbers={"recipients": others},
            )
            return
    if len(alone) != 1:
        return
    odd = alone[0]
    bonds = sum(who.together for who in everyone if who is not odd) / max(1, others * (others - 1))
    private = webmail(odd.box.domain) and not any(
        webmail(who.box.domain) for who in everyone if who is not odd
    )
    if (others >= LEAST and bonds >= CLOSE) or (others >= LEAST_APART and private):
        yield asked(
            leaving,
            "unusual_in_group",
            recipient=odd.box.address,
            numbers={"recipients": others},
        )


def _usual_namesake(leaving: MailLeaving, odd: Acquaintance) -> str:
    """Return who shares a name with one recipient and was written to with most of the others."""
    here = {who.box.address for who in leaving.recipients}
    others, mine = len(leaving.recipients) - 1, person(odd.box)
    enough = USUALLY * others if others >= ROUND and odd.sent else others
    for known in leaving.circle.similar if not odd.together else ():
        shares = bool(person(known.box) & mine)
        if shares and known.box.address not in here and known.together >= enough:
            return known.box.address
    return ""


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
