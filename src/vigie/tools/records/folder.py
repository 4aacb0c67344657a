"""Documents beside a database, counted like records: what each of them says, wherever it lies."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from vigie.tools.records import RecordsFailed, Row, Table, Value

_TABLE = Table(name="documents", columns=("content",))


class FolderRecords:
    """The files below a folder. Moved or renamed, a document is still there."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def defect(self) -> str:
        """Return nothing: files have no check of their own here."""
        return "" if self._folder.is_dir() else "missing"

    def tables(self) -> tuple[Table, ...]:
        """Return one table."""
        return (_TABLE,)

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield the hash of each file that holds something. Links are not followed."""
        del table
        try:
            for place, _, names in os.walk(self._folder):
                for name in names:
                    file = Path(place, name)
                    if file.is_file() and not file.is_symlink() and file.stat().st_size:
                        with file.open("rb") as opened:
                            yield (hashlib.file_digest(opened, "sha256").hexdigest(),)
        except OSError as trouble:
            raise RecordsFailed(str(trouble)) from trouble

    def put(self, table: Table, key: Row, changes: Sequence[tuple[str, Value]]) -> bool:
        """Raise: documents are carried as files."""
        raise RecordsFailed(f"{table.name}: {key} {changes}")

    def commit(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
