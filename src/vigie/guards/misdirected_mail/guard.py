"""Misdirected mail: a message is about to go where it was not meant to.

Each rule names two things that do not match: an address and the one it resembles, a salutation
and a recipient, a patient and an attachment. What a person has answered once about an address is
settled; what is only unusual is not asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vigie.domain.evidence.mail import MailLeaving
from vigie.domain.finding import Finding
from vigie.domain.guard import Guard
from vigie.guards.misdirected_mail.asking import asked
from vigie.guards.misdirected_mail.contents import attachments, health
from vigie.guards.misdirected_mail.conversation import conversation
from vigie.guards.misdirected_mail.greeting import greeting
from vigie.guards.misdirected_mail.groups import outsiders, visible
from vigie.guards.misdirected_mail.habits import greeted_as_another
from vigie.guards.misdirected_mail.recipients import addresses

# How sure each fact makes us, from one to ten: what `vigie check outgoing` adds up and shows.
# It decides nothing: one fact is enough to ask.
SURENESS: Mapping[str, int] = {
    "reply_to_impersonator": 10,
    "recipient_mistyped": 8,
    "attachment_about_another": 8,
    "domain_mistyped": 7,
    "salutation_elsewhere": 7,
    "recipient_elsewhere": 7,
    "recipient_namesake": 6,
    "answer_elsewhere": 6,
    "unusual_in_group": 5,
    "greeted_as_another": 5,
    "recipients_visible": 5,
    "patient_data_to_webmail": 5,
    "first_contact_with_patient_data": 4,
    "patient_data_unsecured": 3,
    "patient_data_by_habit": 1,
}


def score(findings: Iterable[Finding]) -> float:
    """Return how sure all the findings about one message make us together."""
    return float(sum(SURENESS[finding.fact] for finding in findings))


def judge(seen: Sequence[MailLeaving]) -> Iterator[Finding]:
    """Given a message that waits to leave, say what does not match in it."""
    leaving = seen[-1]
    if leaving.to_impersonator:
        yield _impersonator(leaving)
    found = list(addresses(leaving))
    yield from found
    # One question for one recipient: who resembles somebody is not also asked about as a stranger.
    named = {finding.clues.get("recipient") for finding in found}
    greeted = greeting(leaving)
    if greeted is not None and greeted.clues["recipient"] not in named:
        yield greeted
    yield from attachments(leaving)
    apart = [f for f in outsiders(leaving) if f.clues["recipient"] not in named]
    apart = apart or [f for f in conversation(leaving) if f.clues["recipient"] not in named]
    yield from apart
    if not (found or greeted or apart):
        yield from greeted_as_another(leaving)
    yield from visible(leaving)
    yield from (f for f in health(leaving) if f.clues["recipient"] not in named)


def _impersonator(leaving: MailLeaving) -> Finding:
    recipient = leaving.recipients[0].box.address if leaving.recipients else ""
    return asked(leaving, "reply_to_impersonator", recipient=recipient)


GUARD = Guard(watches=MailLeaving, judge=judge, keeps=lambda _: False)
