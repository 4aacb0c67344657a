"""Files: what became of the documents of a watched folder, and by whose hand."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.structure import Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvidence(Evidence):
    """Something happened to one file of a watched folder.

    `path` is where the file is now (for a removed one: where it was), `folder` the watched top
    folder it belongs to, both absolute. `document` names the file through its saves and renames.
    `family` names the processes that did it, and is empty where the system does not tell who.
    """

    path: str
    folder: str
    document: str
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRewritten(FileEvidence):
    """A file has new content, which stayed so.

    `before` is the last version that was kept, None for a new file. A file that another one
    took the place of (an office save, an overwriting rename) was rewritten. `read`: the same
    family read documents of the folder before.
    """

    before: Structure | None
    after: Structure
    read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMended(FileEvidence):
    """A document that had been broken is sound again, or a person has settled it."""

    after: Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRemoved(FileEvidence):
    """A document was deleted, or moved where nobody watches.

    `before` is its last kept version; `read`: the same family had read this document before.
    """

    before: Structure
    read: bool = False


class Touch(StrEnum):
    """What was done to a canary."""

    WRITTEN = "written"
    RENAMED = "renamed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryTouched(FileEvidence):
    """A hidden file that nobody but Vigie has a reason to know was written, renamed or removed.

    `alone`: it was touched for itself, not with the whole folder that holds it (`rm -r`, a
    folder moved away). A sensor that cannot tell says False.
    """

    touch: Touch
    alone: bool = False
