"""Looking at one file of a key: the judge of documents says in which light it stands."""

from collections.abc import Container
from pathlib import Path
from types import TracebackType
from typing import Self

from vigie.domain.evidence.usb import FileOnKey
from vigie.domain.finding import Gravity
from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.documents.copying import Copier

CELLS = 2
LARGEST_COPIED = 50_000_000  # bytes of a document that is copied without what acts


class KeyFiles:
    """Looks at files, from several threads. What could not be read is never taken for harmless."""

    def __init__(
        self,
        known_bad: Container[str] = (),
        *,
        cells: int = CELLS,
        checker: DocumentChecker | None = None,
    ) -> None:
        """`known_bad` are the digests of files that were judged bad before, here or elsewhere.

        `checker` is the judge of documents, one of its own where none is given; it ends with this.
        """
        self._known_bad = known_bad
        self._checker = checker or DocumentChecker(cells=cells)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def look(self, descriptor: int, name: str) -> FileOnKey:
        """Return what the open file would do. Raise OSError where it cannot be read."""
        checked = self._checker.check_descriptor(descriptor, name.rpartition("/")[2], name)
        return FileOnKey(
            name=name,
            size=checked.document.size,
            form=checked.document.form,
            digest=checked.document.digest,
            light=checked.light,
            facts=tuple(finding.fact for finding in checked.findings),
            bad=checked.document.digest in self._known_bad,
        )

    def safe_copy(self, file: FileOnKey, path: Path) -> tuple[str, bytes] | None:
        """Return a file's copy without what acts, and its ending; None where there is none."""
        if file.bad or file.light is not Gravity.CONCERN or file.size > LARGEST_COPIED:
            return None
        copy = Copier(self._checker).clean_light(path.read_bytes())
        return (copy.ending, copy.content) if copy else None

    def close(self) -> None:
        """End the cells."""
        self._checker.close()
