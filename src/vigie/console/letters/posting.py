"""Sending a letter by mail: only where mail is set up, only once it may go, and never twice."""

import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from vigie.console.accounts.models import Person
from vigie.console.journal import chain
from vigie.console.letters.models import Addressee, Dispatch

UNREACHABLE, REFUSED, UNSURE = "unreachable", "refused", "unsure"
_REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)
_REFUSED_FROM = 400  # the replies of SMTP that say no


def send_all(now: datetime) -> int:
    """Send every letter that may go and has an address; return how many left."""
    if not settings.LETTERS_BY_MAIL:
        return 0
    ready = Dispatch.objects.filter(sent_at=None, begun_at=None).exclude(approved_at=None)
    return sum(send(dispatch, now) for dispatch in ready.select_related("letter"))


def send(dispatch: Dispatch, now: datetime) -> bool:
    """Send one letter; return whether it left now.

    It is claimed first: killed between the claim and the answer, it is *unsure*, and a person
    decides. A letter that comes twice is worse than one that is asked after.
    """
    to = Addressee.objects.filter(practice_id=dispatch.practice_id).exclude(mail="").first()
    if to is None:
        return False
    connection = get_connection(fail_silently=False)
    mine = Dispatch.objects.filter(pk=dispatch.pk)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        mine.update(trouble=UNREACHABLE)
        return False
    try:
        waiting = mine.filter(begun_at=None, sent_at=None).exclude(approved_at=None)
        if waiting.update(begun_at=now, trouble=UNSURE, sent_to=to.mail):
            _message(dispatch, to.mail, connection).send()
            mine.update(sent_at=now, trouble="")
            return True
    except (OSError, smtplib.SMTPException) as trouble:
        if _refuses(trouble):
            mine.update(begun_at=None, trouble=REFUSED)
    finally:
        connection.close()
    return False


def _refuses(trouble: Exception) -> bool:
    """Return whether this was the server's no; anything less clear leaves the letter unsure."""
    if isinstance(trouble, smtplib.SMTPDataError):
        return trouble.smtp_code >= _REFUSED_FROM
    return isinstance(trouble, _REFUSALS)


def approve(dispatch: Dispatch, now: datetime, *, by: Person) -> bool:
    """Let a letter go, with a row in the journal: somebody has read it. False if somebody had."""
    waiting = Dispatch.objects.filter(pk=dispatch.pk, approved_at=None)
    with transaction.atomic():
        changed = bool(waiting.update(approved_at=now, approved_by=by))
        if changed:
            _record("letter_let_go", dispatch, now, by)
    return changed


def again(dispatch: Dispatch, now: datetime, *, by: Person) -> bool:
    """Let a letter of which nobody knows whether it left go once more: a person has decided so."""
    unsure = Dispatch.objects.filter(pk=dispatch.pk, sent_at=None).exclude(begun_at=None)
    with transaction.atomic():
        changed = bool(unsure.update(begun_at=None, trouble=""))
        if changed:
            _record("letter_let_go_again", dispatch, now, by)
    return changed


def _record(event: str, dispatch: Dispatch, now: datetime, by: Person) -> None:
    told = {"event": event, "letter": dispatch.letter.entry, "by": by.pk}
    chain.record(dispatch.practice, told, now)


def _message(dispatch: Dispatch, to: str, connection: object) -> EmailMultiAlternatives:
    letter = dispatch.letter
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [to],
        connection=connection,
        # The same letter has the same name: a mail program knows it again.
        headers={
            "Message-ID": f"<{letter.digest[:32]}@letter.vigie>",
            "Content-Language": letter.language,
        },
    )
    message.attach_alternative(letter.html, "text/html")
    message.attach(f"vigie-{letter}.pdf", bytes(letter.pdf), "application/pdf")
    return message
