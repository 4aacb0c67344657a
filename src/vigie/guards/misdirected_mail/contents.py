"""Contents: data of a patient on the wrong way, and papers of another patient."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, MailLeaving
from vigie.domain.finding import Finding, Gravity
from vigie.guards.misdirected_mail.asking import asked, outside
from vigie.knowledge.mail_domains import secure, webmail
from vigie.knowledge.patients import Traces, of_message, same_patient
from vigie.knowledge.persons import desk, names, person, same_name
from vigie.knowledge.salutations import salutation

# Messages with patient data that an address had before: its route is the practice's own choice
# then, told once, calmly, and holds up nothing. One may have been a slip.
HABIT = 2
_WHOLE = 2  # names that make a person: a first name and a surname


def health(leaving: MailLeaving) -> Iterator[Finding]:
    """Say which recipient would get data of a patient by an open way, or for the first time."""
    found = of_message(leaving.message)
    if not found.of_a_patient:
        return
    for who in outside(leaving):
        if secure(who.box.domain):
            continue
        fact = _way(leaving, who, found)
        if fact in who.settled:
            continue
        if fact == "patient_data_by_habit":
            # Said once for each address, and not again with each message.
            about = who.box.address
            yield asked(leaving, fact, gravity=Gravity.CONCERN, recipient=about, subject=about)
        else:
            yield asked(leaving, fact, recipient=who.box.address)


def _way(leaving: MailLeaving, who: Acquaintance, found: Traces) -> str:
    """Return the fact about one recipient outside the secure services."""
    habit = who.entrusted >= HABIT
    if webmail(who.box.domain):
        # Their own papers, to the address they wrote from: they asked for them.
        theirs = who.received and _about_themselves(leaving, who)
        calm = (habit or theirs) and not found.numbers
        return "patient_data_by_habit" if calm else "patient_data_to_webmail"
    familiar = who.box.domain in leaving.circle.familiar and not found.numbers
    if not who.known and not familiar:
        return "first_contact_with_patient_data"
    return "patient_data_by_habit" if habit or familiar else "patient_data_unsecured"


def _about_themselves(leaving: MailLeaving, who: Acquaintance) -> bool:
    """Return whether every patient named may be the recipient."""
    mine = person(who.box, who.salutations)
    named = [names(name) for name, _ in leaving.circle.patients]
    return bool(named) and all(any(same_name(a, b) for a in n for b in mine) for n in named)


def attachments(leaving: MailLeaving) -> Iterator[Finding]:
    """Say which attachment names another patient than the message does, or than it goes to."""
    written = [name for name, place in leaving.circle.patients if not place]
    written = written or list(_private_reader(leaving))
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


def _private_reader(leaving: MailLeaving) -> Iterator[str]:
    """Yield the names of the one private person a message goes to: papers are theirs, or kin's."""
    if len(leaving.recipients) != 1 or not webmail(leaving.recipients[0].box.domain):
        return
    who = leaving.recipients[0]
    greeted = salutation(leaving.message.text)
    yield from (" ".join(p) for p in (greeted.people if greeted else ()))
    yield from who.salutations
    shown = "" if "@" in who.box.name else who.box.name
    own = (names(shown), () if desk(who.box) else names(who.box.local))
    whole = [found for found in own if len(found) >= _WHOLE]
    # One name of them is enough: a child's paper goes to a parent of the same name.
    yield from (name for found in whole for name in found)
