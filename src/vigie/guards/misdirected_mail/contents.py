"""Contents: data of a patient on the wrong way, and papers of another patient."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, MailLeaving
from vigie.domain.finding import Finding, Gravity
from vigie.guards.misdirected_mail.asking import asked, outside
from vigie.knowledge.mail_domains import secure, webmail
from vigie.knowledge.patients import Traces, same_patient, traces

# Messages already sent to an address after which its route is the practice's own choice: it is
# told once, calmly, and holds up nothing.
HABIT = 3


def health(leaving: MailLeaving) -> Iterator[Finding]:
    """Say which recipient would get data of a patient by an open way, or for the first time."""
    found = _traces(leaving)
    if not found.of_a_patient:
        return
    for who in outside(leaving):
        if secure(who.box.domain):
            continue
        fact = _way(who, found, familiar=who.box.domain in leaving.circle.familiar)
        if fact in who.settled:
            continue
        if fact == "patient_data_by_habit":
            # Said once for each address, and not again with each message.
            about = who.box.address
            yield asked(leaving, fact, gravity=Gravity.CONCERN, recipient=about, subject=about)
        else:
            yield asked(leaving, fact, recipient=who.box.address)


def _way(who: Acquaintance, found: Traces, *, familiar: bool) -> str:
    """Return the fact about one recipient outside the secure services."""
    if webmail(who.box.domain):
        habit = who.sent >= HABIT and not found.numbers
        return "patient_data_by_habit" if habit else "patient_data_to_webmail"
    if not who.known and not (familiar and not found.numbers):
        return "first_contact_with_patient_data"
    return "patient_data_by_habit" if who.sent >= HABIT or familiar else "patient_data_unsecured"


def _traces(leaving: MailLeaving) -> Traces:
    message = leaving.message
    papers = [text for a in message.attachments for text in (a.name, a.text)]
    return traces(message.subject, message.text, *papers)


def attachments(leaving: MailLeaving) -> Iterator[Finding]:
    """Say which attachment names another patient than the message does."""
    written = [name for name, place in leaving.circle.patients if not place]
    if not written:
        return
    for attachment in leaving.message.attachments:
        inside = [name for name, place in leaving.circle.patients if place == attachment.name]
        if inside and not any(same_patient(a, b) for a in inside for b in written):
            yield asked(
                leaving,
                "attachment_about_another",
                attached=inside[0],
                named=written[0],
                file=attachment.name,
            )
