"""The disarmed copy of a letter: its words as plain text, its papers as safe copies, or a note.

It is made anew from what the reader understood: of the letter itself only header lines are taken
over. What is attached was judged harmless, or is a safe copy that was; the rest is named only.
"""

import mimetypes
import re
import threading
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from functools import cache
from importlib import resources
from typing import Any

from vigie.domain.evidence.mail import Attachment, Message
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.readers.mail.extracting import attachments
from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.documents.copying import Copier, NoCopy, nearest
from vigie.tools.letters import head_lines

_MOST = 20  # attachments of one letter that are looked at; the rest is named and left out
_LARGEST = 25 * 1024 * 1024  # bytes of one attachment of which a safe copy is made
_OF_THE_BODY = re.compile(rb"(?i)(?:content-[^:]*|mime-version)\s*:")
_ODD = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class _Paper:
    """One attachment of the copy; `instead_of` names what it stands for, if it is not the same."""

    name: str
    content: bytes
    instead_of: str = ""


class Disarmer:
    """Makes disarmed copies, for several threads, one at a time."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._checker: DocumentChecker | None = None

    def copy(
        self, letter: bytes, message: Message, alive: Callable[[], None] = lambda: None
    ) -> bytes:
        """Given a letter and what it says, return the copy, with CRLF.

        `alive` is called between the pages of a long document.
        """
        with self._lock:
            kept, gone = self._papers(letter, message, alive)
        return _written(letter, message, kept, gone, words(self._language))

    def close(self) -> None:
        """End the cells, if there are any."""
        if self._checker:
            self._checker.close()

    def _papers(
        self, letter: bytes, message: Message, alive: Callable[[], None]
    ) -> tuple[list[_Paper], list[str]]:
        """Return what the copy carries, and the names of what it does not."""
        looked_at = message.attachments[:_MOST]
        found = attachments(letter, [attachment.digest for attachment in looked_at])
        kept: list[_Paper] = []
        gone = [_shown(attachment.name) for attachment in message.attachments[_MOST:]]
        for attachment in looked_at:
            content = found.get(attachment.digest)
            paper = self._paper(attachment, content, alive) if content is not None else None
            alive()
            if paper:
                kept.append(paper)
            else:
                gone.append(_shown(attachment.name))
        return kept, gone

    def _paper(
        self, attachment: Attachment, content: bytes, alive: Callable[[], None]
    ) -> _Paper | None:
        if self._checker is None:
            self._checker = DocumentChecker(cells=1)
        name = _shown(attachment.name)
        light = self._checker.check_bytes(content, attachment.name).light
        if light is Gravity.NOTE and not attachment.inside:
            return _Paper(name, content)
        if len(content) > _LARGEST:
            return None
        try:
            safe = Copier(self._checker).copy(
                content, attachment.name, shown=lambda _done, _all: alive()
            )
        except NoCopy:
            return None
        return _Paper(f"{_shown(nearest(attachment.name))}.{safe.ending}", safe.content, name)


def _written(
    letter: bytes,
    message: Message,
    kept: list[_Paper],
    gone: list[str],
    said: Mapping[str, str],
) -> bytes:
    copy = EmailMessage(policy=policy.SMTP)
    lines = [said["above"]]
    lines += [said["gone"].format(name=name) for name in gone]
    lines += [
        said["instead"].format(name=paper.instead_of, copy=paper.name)
        for paper in kept
        if paper.instead_of
    ]
    copy.set_content("\n".join((*lines, "", message.text, "")), cte="base64")
    for paper in kept:
        main, _, sub = (
            mimetypes.guess_type(paper.name)[0] or "application/octet-stream"
        ).partition("/")
        copy.add_attachment(paper.content, maintype=main, subtype=sub, filename=paper.name)
    head = b"".join(line + b"\r\n" for line in head_lines(letter) if not _OF_THE_BODY.match(line))
    return head + copy.as_bytes()


def _shown(name: str) -> str:
    return _ODD.sub("_", name)[:120] or "?"


@cache
def words(language: Language) -> Mapping[str, Any]:
    """Return the words of the copy in one language."""
    file = resources.files("vigie.routines.disarming") / f"words.{language.value}.toml"
    return tomllib.loads(file.read_text("utf-8"))
