"""Habits: the message greets as those to a namesake of its recipient do."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, MailLeaving
from vigie.domain.finding import Finding
from vigie.guards.misdirected_mail.asking import asked
from vigie.knowledge.persons import forms_of, person
from vigie.knowledge.salutations import beginning, tells_nobody

HABITUAL = 3  # messages that make a habit
OFTEN = 2 / 3  # of the messages to somebody, how many begin as they are used to


def greeted_as_another(leaving: MailLeaving) -> Iterator[Finding]:
    """Say that a message begins as those to a namesake do, and none to its only recipient did.

    « Bonjour » alone is for everybody. Of the recipient, one message that began otherwise is
    enough to know: the habit is the namesake's.
    """
    if len(leaving.recipients) != 1:
        return
    who, words = leaving.recipients[0], beginning(leaving.message.text)
    if not words or tells_nobody(words) or "greeted_as_another" in who.settled:
        return
    if not who.greeted or who.greeted_alike:
        return
    for known in leaving.circle.similar:
        if _used_to_it(known) and _namesakes(known, who):
            yield asked(
                leaving,
                "greeted_as_another",
                recipient=who.box.address,
                known=known.box.address,
            )
            return


def _used_to_it(known: Acquaintance) -> bool:
    return known.greeted_alike >= max(HABITUAL, OFTEN * known.greeted)


def _namesakes(known: Acquaintance, who: Acquaintance) -> bool:
    mine = person(who.box, who.salutations)
    theirs = person(known.box, known.salutations)
    return known.box.address != who.box.address and any(forms_of(n) & mine for n in theirs)
