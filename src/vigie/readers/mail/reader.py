"""The way from a message's bytes to what it says: always an answer, never an exception."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from vigie.domain.evidence.mail import Mailbox, Message
from vigie.readers.document.rules import compile_folder
from vigie.readers.sandbox.brood import disposable
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.readers.sandbox.pool import Pool, Pooled
from vigie.tools.confinement import Limits

_READER = "vigie.readers.mail.parse.read"
_CELLS = 2
# Two questions at most for one message, and an answer within five seconds.
LIMITS = Limits(
    time=timedelta(seconds=2.2),
    memory=1024 * 1024 * 1024,  # of addresses: a message of 100 MB, its parts, and the libraries
    answer=2 * 1024 * 1024,
)
_MOST = 128 * 1024 * 1024  # bytes; beyond it nobody's provider accepts a message
_BEGINNING = 512 * 1024  # bytes, of a message whose whole gave no answer


class MailReader(Pooled):
    """Read messages, from several threads, in confined processes that are kept ready.

    A message that has no full answer (it was too slow, too big, or ended its cell) is asked about
    once more without its attachments; `Message.defects` says so with `reader_…`. Whatever comes
    of it, there is a `Message`, within five seconds. `rules` is a folder of YARA-X rules for what
    is attached; raise RulesWrong for one that cannot be understood.
    """

    def __init__(
        self, *, limits: Limits = LIMITS, cells: int = _CELLS, rules: Path | None = None
    ) -> None:
        prepared = {"folder": str(rules)} if rules else None
        if rules:
            compile_folder(rules)  # a wrong rule is said here, where somebody can hear it
        self._pool = Pool(_READER, limits=limits, cells=cells, kind=disposable(prepared))

    def read(self, untrusted: bytes) -> Message:
        """Return what the bytes of one message say. Never raise for the message's sake."""
        if len(untrusted) > _MOST:
            return self._beginning(untrusted, "too_long")
        try:
            return self._ask(untrusted, frugal=False)
        except ReadFailed as trouble:
            return self._beginning(untrusted, trouble.reason)

    def _beginning(self, untrusted: bytes, reason: str) -> Message:
        defect = f"reader_{reason}"
        whole = {"digest": hashlib.sha256(untrusted).hexdigest(), "size": len(untrusted)}
        try:
            message = self._ask(untrusted[:_BEGINNING], frugal=True)
        except ReadFailed:
            return Message(sender=Mailbox(""), defects=(defect,), **whole)  # type: ignore[arg-type]  # the two by name
        return replace(message, defects=(defect, *message.defects), **whole)  # type: ignore[arg-type]  # as above

    def _ask(self, untrusted: bytes, *, frugal: bool) -> Message:
        with in_memory(untrusted) as file:
            return self._pool.ask({"frugal": frugal}, file.fileno(), _message)


def read_mail(untrusted: bytes) -> Message:
    """Return what one message says, read in a cell used for nothing else."""
    with MailReader(cells=1) as reader:
        return reader.read(untrusted)


def _message(untrusted_answer: Any) -> Message:  # noqa: ANN401  (it may be anything)
    """Return the message a cell answered. Raise ValueError for an answer that is none."""
    if not isinstance(untrusted_answer, str):
        raise ValueError("not a message")  # noqa: TRY004  (what every reader raises)
    return _DECODER.decode(untrusted_answer)  # its ValidationError is a ValueError


_DECODER = msgspec.json.Decoder(Message)
