"""Attachments that take passwords away. Those that run programs are the ransomware guard's."""

import re
from collections.abc import Iterator

from vigie.domain.evidence.mail import Attachment, Inside
from vigie.domain.evidence.structure import Kind
from vigie.guards.impersonation.view import Signal, View

_PASSWORD_GIVEN = re.compile(
    r"\b(?:mot de passe|mdp|code|password|passwort|kennwort|wachtwoord|senha|contrasena|pin)\b[^.\n]{0,30}?(?:[:=]|\best\b|\bis\b|\blautet\b)\s*\S{3,}"
)
# Real encrypted mail arrives as such a page: HIN's, from HIN itself and proven, is no lure.
_SECURE_PAGES = {"secure-email.html": "hin.ch", "securemail.html": "hin.ch"}


def signals(view: View) -> Iterator[Signal]:
    """Yield attachments that ask for passwords, or hide what they hold."""
    for attachment in view.message.attachments:
        yield from _one(view, attachment)


def _genuine(view: View, attachment: Attachment) -> bool:
    owner = _SECURE_PAGES.get(attachment.name.lower())
    return bool(owner) and view.proven and (view.site == owner)


def _one(view: View, attachment: Attachment) -> Iterator[Signal]:
    clues = {"attachment": attachment.name or "?", "came_from": view.domain}
    if _genuine(view, attachment):
        return
    if Inside.PASSWORD_FORM in attachment.inside:
        yield Signal(name="page_asks_password", fact="page_asks_password", clues=clues, hard=True)
    elif Inside.HTML_SCRIPT in attachment.inside:
        yield Signal(name="page_with_script", fact="page_with_script", clues=clues, hard=True)
    elif attachment.name.lower().endswith((".html", ".htm", ".shtml", ".svg")):
        yield Signal(name="page_attached", fact="page_with_script", clues=clues)
    if Inside.PROFILE in attachment.inside:
        yield Signal(name="profile_attached", fact="profile_attached", clues=clues, hard=True)
    if attachment.sealed and attachment.kind is not Kind.OPENPGP:
        given = _PASSWORD_GIVEN.search(view.text)
        name = "sealed_password_given" if given else f"sealed_{'pdf' if attachment.kind is Kind.PDF else 'file'}"
        yield Signal(name=name, fact="sealed_attachment", clues=clues, hard=bool(given))
    if attachment.kind is Kind.PDF and view.message.layout.words <= _SHORT and not attachment.sealed:
        yield Signal(name="pdf_alone", fact="document_instead_of_text", clues=clues)


_SHORT = 30  # words beside a document that is to say the rest
