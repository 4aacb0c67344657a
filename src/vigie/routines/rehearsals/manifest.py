"""The manifest: what a sample was made of, kept in a marker that says it is nobody's own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

MARKER = ".vigie-echantillon.json"
MADE_BY = "vigie: generated documents, nobody's own"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a document was when it was made: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every document of a sample, by its path relative to the folder, with slashes."""

    documents: Mapping[str, Sealed]

    @property
    def size(self) -> int:
        """Return the bytes of all documents together."""
        return sum(sealed.size for sealed in self.documents.values())

    def lost(self, folder: Path) -> tuple[str, ...]:
        """Return the paths under `folder` that no longer hold the document they were made with."""
        return tuple(
            path
            for path, sealed in self.documents.items()
            if _seal_at(folder / path, sealed.size) != sealed
        )

    def mark(self, folder: Path) -> None:
        """Write the marker that makes `folder` a sample."""
        documents = {path: (sealed.size, sealed.sha256) for path, sealed in self.documents.items()}
        marker = json.dumps({"made_by": MADE_BY, "documents": documents}, ensure_ascii=False)
        (folder / MARKER).write_text(marker, "utf-8")

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return the manifest that the marker in `folder` holds.

        Raise ValueError if `folder` is not a sample made here: it may be somebody's own.
        """
        try:
            marker = json.loads((folder / MARKER).read_text("utf-8"))
            if marker["made_by"] != MADE_BY:
                raise ValueError(f"{folder} carries a marker that is not ours")
            documents = {path: Sealed(*sealed) for path, sealed in marker["documents"].items()}
        except (OSError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as trouble:
            raise ValueError(f"{folder} is not a sample of generated documents") from trouble
        return cls(documents)


def _seal_at(path: Path, size: int) -> Sealed | None:
    """Return the seal of what stands at `path`; None where nothing, or nothing of `size`, does."""
    try:
        if path.is_symlink() or path.stat().st_size != size:
            return None
        with path.open("rb") as document:
            return Sealed(size, hashlib.file_digest(document, "sha256").hexdigest())
    except OSError:
        return None
