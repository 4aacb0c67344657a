"""The way in: a message that brings a program, or a document that would run one."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Attachment, Inside, MailArrived
from vigie.domain.evidence.structure import Kind
from vigie.domain.finding import Finding, Gravity

# What runs at a double click, or carries what does. No invoice needs one.
PROGRAMS = frozenset(
    {
        *(Inside.EXECUTABLE, Inside.SCRIPT, Inside.SHORTCUT, Inside.DISK_IMAGE, Inside.NOTEBOOK),
        Inside.KNOWN_BAD,
    }
)
# A PDF form computes its sums with a script: that it has one says nothing.
_READ_ONLY = frozenset({Kind.PDF})


def judge_mail(mail: MailArrived) -> Iterator[Finding]:
    """Say which attachment brings a program, else which would run a macro: one finding at most."""
    attachments = mail.message.attachments
    programs = [each for each in attachments if runs(each)]
    macros = [each for each in attachments if Inside.MACRO in each.inside]
    if programs:
        yield _finding("mail_carries_program", mail, programs)
    elif macros:
        yield _finding("mail_carries_macro", mail, macros)


def runs(attachment: Attachment) -> bool:
    """Return whether an attachment is a program, brings one, or is known bad."""
    if Inside.KNOWN_BAD in attachment.inside:
        return True
    return attachment.kind not in _READ_ONLY and bool(attachment.inside & PROGRAMS)


def _finding(fact: str, mail: MailArrived, which: list[Attachment]) -> Finding:
    return Finding(
        gravity=Gravity.ALARM,
        fact=fact,
        numbers={"attachments": len(which)},
        clues={
            "subject": mail.key,
            "letter": mail.key,
            "place": mail.place,
            "attachment": which[0].name or "?",
            "came_from": mail.message.sender.address or "?",
        },
    )
