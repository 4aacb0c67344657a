"""One file through reader, guard and policy: what it would do, in which light, with which deeds."""

import os
import stat
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from vigie.domain.danger import Danger
from vigie.domain.evidence.documents import Act, Document, DocumentArrived, Sight
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Response
from vigie.domain.verdict import Verdict
from vigie.guards.trojan_document.guard import GUARD, light
from vigie.policy.orders import decide
from vigie.readers.document.reader import Disarmed, DocumentReader
from vigie.readers.sandbox.memory import in_memory
from vigie.tools import clamd
from vigie.watch.patrol import Patrol


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of one file. `light`: NOTE is green, CONCERN orange, ALARM red."""

    document: Document
    verdict: Verdict | None
    seconds: float

    @property
    def findings(self) -> Sequence[Finding]:
        """Return what there is to say, the gravest first."""
        return self.verdict.findings if self.verdict else ()

    @property
    def responses(self) -> Sequence[Response]:
        """Return what the agent would do."""
        return self.verdict.responses if self.verdict else ()

    @property
    def light(self) -> Gravity:
        """Return the light of the gravest finding."""
        return light(self.findings)


class NoFile(OSError):
    """It is no ordinary file: a folder, a device, a pipe."""


class DocumentChecker:
    """Checks files, from several threads: the one way from a file to its light.

    `machine` is what evidence says of where it was seen. `rules` is a folder of YARA-X rules,
    `scanner` the socket of a ClamAV daemon for a second opinion; one that is silent takes nothing
    away, and is counted in `silent`; `heard` is told each time whether it answered. Raise
    RulesWrong for rules that cannot be understood.
    """

    def __init__(
        self,
        *,
        machine: str = "local",
        cells: int = 2,
        rules: Path | None = None,
        scanner: Path | None = None,
        heard: Callable[[bool], None] = lambda _answered: None,
    ) -> None:
        self._machine = machine
        self._scanner, self._heard = scanner, heard
        self.silent = 0
        self._reader = DocumentReader(cells=cells, rules=rules)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def disarmed(self, untrusted: bytes) -> Disarmed | None:
        """Return the same file without what acts, unchecked; None where there is no such copy."""
        return self._reader.disarmed(untrusted)

    @property
    def weakest_link(self) -> str:
        """Return the first part of the confinement this system lacks, or an empty text."""
        return self._reader.weakest_link

    def check(self, path: Path, passwords: Sequence[str] = ()) -> Checked:
        """Return what a file would do. Raise OSError where it cannot be opened for reading."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NoFile("not a file")
            return self.check_descriptor(descriptor, path.name, str(path), passwords)
        finally:
            os.close(descriptor)

    def check_descriptor(
        self, descriptor: int, name: str, place: str = "", passwords: Sequence[str] = ()
    ) -> Checked:
        """Return the same for an open file; its offset does not move."""
        begun = time.monotonic()
        document = self._reader.read(descriptor, name, passwords)
        return self._judged(self._seconded(document, descriptor), place, begun)

    def check_bytes(
        self, untrusted: bytes, name: str, place: str = "", passwords: Sequence[str] = ()
    ) -> Checked:
        """Return the same for bytes in memory."""
        with in_memory(untrusted) as file:
            return self.check_descriptor(file.fileno(), name, place, passwords)

    def evidence(self, document: Document, place: str) -> DocumentArrived:
        """Return the evidence that a guard looks at."""
        return DocumentArrived(
            at=datetime.now(UTC), machine=self._machine, document=document, place=place
        )

    def close(self) -> None:
        """End the cells."""
        self._reader.close()

    def _seconded(self, document: Document, descriptor: int) -> Document:
        """Return the document with what the ClamAV daemon knows of it, where there is one."""
        if self._scanner is None:
            return document
        try:
            known = clamd.signature(descriptor, self._scanner)
        except clamd.NoOpinion as trouble:
            self.silent += 1
            self._heard(not isinstance(trouble, clamd.Silent))
            return document
        self._heard(True)
        if not known:
            return document
        return replace(document, sights=(*document.sights, Sight(Act.KNOWN_BAD, "", known)))

    def _judged(self, document: Document, place: str, begun: float) -> Checked:
        # A patrol of its own: the same file asked about twice is answered twice.
        patrol = Patrol({Danger.TROJAN_DOCUMENT: GUARD}, decide)
        verdicts = patrol.step(self.evidence(document, place))
        return Checked(
            document=document,
            verdict=next(iter(verdicts), None),
            seconds=time.monotonic() - begun,
        )
