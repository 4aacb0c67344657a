"""Package managers: what would change, then the change itself, then the state they are left in.

One module per system behind one Protocol. Nobody above asks which system it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One package, from a version (empty: it was not there) to another."""

    package: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What an update would do. `removals` names what it would take away.

    `trouble` is a slug where the manager sees no way to do it, `said` its own words.
    """

    changes: tuple[Change, ...] = ()
    removals: tuple[str, ...] = ()
    trouble: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What the files of some changes are: on this disk now, and once they are made.

    `folders` belong to these packages alone, `files` lie among other people's, `absent` are not
    there yet. `state` is where the manager keeps its own books.
    """

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    state: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long an installation may last, and how long it may do nothing at all, in seconds."""

    longest: float
    silent: float


class PackagesFailed(Exception):
    """The manager could not do it. `trouble` is a slug; the text is in its own words."""

    def __init__(self, trouble: str, said: str = "") -> None:
        super().__init__(said or trouble)
        self.trouble = trouble
        self.said = said


class Packages(Protocol):
    """One package manager. Every method may raise PackagesFailed."""

    @property
    def rolls_back(self) -> bool:
        """Return whether its `footprint` is known: what it changed can be put back file by file."""

    def refresh(self) -> None:
        """Learn what is offered today."""

    def simulate(self, packages: Sequence[str]) -> Simulation:
        """Return what bringing these packages up to date would do (none named: everything)."""

    def offered(self, package: str) -> str:
        """Return the version of a package that is offered, held or not; empty if there is none."""

    def download(self, changes: Sequence[Change]) -> None:
        """Fetch what these changes need, so that nothing is fetched while they are made."""

    def footprint(self, changes: Sequence[Change]) -> Footprint:
        """Return the files these changes are about. They have been downloaded."""

    def install(
        self, changes: Sequence[Change], patience: Patience, mark: Mapping[str, str]
    ) -> None:
        """Make exactly these changes. `mark` goes into the environment of all that is started."""

    def defects(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """Return what is half done or not what it should be, package by package."""

    def installed(self, packages: Sequence[str]) -> Mapping[str, str]:
        """Return the version of each of these packages that is there."""

    def hold(self, packages: Sequence[str]) -> None:
        """Keep these packages at the version they have."""

    def release(self, packages: Sequence[str]) -> None:
        """Let these packages be updated again."""

    def books_kept(self, changes: Sequence[Change], state: Path) -> None:
        """Put the entries of these packages back as they are in the books below `state`.

        `state` holds the manager's books of before at their own paths. All else that the books
        say stays as it is: other packages may have changed since.
        """
