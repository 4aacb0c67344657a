"""The way from a file to what it would do: always an answer, never an exception for its sake."""

import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from vigie.domain.evidence.documents import Act, Document, Sight
from vigie.knowledge.words_for_locks import USUAL
from vigie.readers.document.rules import compile_folder
from vigie.readers.sandbox.brood import disposable
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.readers.sandbox.pool import Pool, Pooled
from vigie.tools.confinement import Limits

_READER = "vigie.readers.document.tasks.read"
_CELLS = 2
LIMITS = Limits(
    time=timedelta(seconds=20),
    memory=1536 * 1024 * 1024,  # of addresses, libraries included
    answer=72 * 1024 * 1024,  # a copy, as base64; what is said of a file takes some hundred bytes
)
_KINDS = frozenset({"pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "odg"})
_LONGEST_NAME = 255
_MOST_PASSWORDS = 24
_LONGEST_PASSWORD = 128


@dataclass(frozen=True, slots=True)
class Disarmed:
    """A file without what acts: its bytes, and the kind it is (`docx`, `pdf` …)."""

    content: bytes
    kind: str


class DocumentReader(Pooled):
    """Read files, from several threads, each in a process used for nothing else.

    A file whose process died, was too slow or asked for too much has `Act.UNREAD` among its
    sights, with the reason: it is never taken for harmless. `rules` is a folder of YARA-X rules;
    raise RulesWrong for one that cannot be understood.
    """

    def __init__(
        self, *, limits: Limits = LIMITS, cells: int = _CELLS, rules: Path | None = None
    ) -> None:
        prepared = {"folder": str(rules)} if rules else None
        if rules:
            compile_folder(rules)  # a wrong rule is said here, where somebody can hear it
        self._pool = Pool(_READER, limits=limits, cells=cells, kind=disposable(prepared))

    def read(self, descriptor: int, name: str, passwords: Sequence[str] = ()) -> Document:
        """Return what an open file would do when it is opened by a person.

        `name` is its name (not its path), `passwords` are tried on what is sealed, besides the
        usual ones. Raise OSError for a descriptor that cannot be read.
        """
        options = {
            "task": "look",
            "name": name[-_LONGEST_NAME:],
            "passwords": [p[:_LONGEST_PASSWORD] for p in (*passwords, *USUAL)][:_MOST_PASSWORDS],
        }
        try:
            return self._pool.ask(options, descriptor, _document)
        except ReadFailed as trouble:
            return _unread(descriptor, name, trouble.reason)

    def read_bytes(self, untrusted: bytes, name: str, passwords: Sequence[str] = ()) -> Document:
        """Return the same for bytes in memory."""
        with in_memory(untrusted) as file:
            return self.read(file.fileno(), name, passwords)

    def disarmed(self, untrusted: bytes) -> Disarmed | None:
        """Return the same file without what acts, unchecked; None where there is no such copy."""
        with in_memory(untrusted) as file:
            try:
                return self._pool.ask({"task": "disarm"}, file.fileno(), _disarmed)
            except ReadFailed:
                return None


def _unread(descriptor: int, name: str, reason: str) -> Document:
    digest = hashlib.sha256()
    at = 0
    while piece := os.pread(descriptor, 1 << 20, at):
        digest.update(piece)
        at += len(piece)
    sight = Sight(Act.UNREAD, "", reason)
    return Document(name=name, digest=digest.hexdigest(), size=at, sights=(sight,))


def _document(untrusted_answer: Any) -> Document:  # noqa: ANN401  (it may be anything)
    """Return the document a cell answered. Raise ValueError for an answer that is none."""
    if not isinstance(untrusted_answer, str):
        raise ValueError("not a document")  # noqa: TRY004  (what every reader raises)
    return _DECODER.decode(untrusted_answer)  # its ValidationError is a ValueError


def _disarmed(untrusted_answer: Any) -> Disarmed | None:  # noqa: ANN401  (it may be anything)
    """Return the copy a cell answered, if it made one. Raise ValueError for what is no copy."""
    if not isinstance(untrusted_answer, dict):
        raise ValueError("not a copy")  # noqa: TRY004  (what every reader raises)
    kind, copy = str(untrusted_answer.get("kind")), str(untrusted_answer.get("copy"))
    if not copy:
        return None
    if kind not in _KINDS:
        raise ValueError("not a copy")
    return Disarmed(base64.b64decode(copy, validate=True), kind)


_DECODER = msgspec.json.Decoder(Document)
