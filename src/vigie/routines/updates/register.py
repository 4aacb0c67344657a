"""The register of updates: each run and how far it is, on disk before the next step is taken.

One small file for each run, replaced as a whole and fsynced. What it says is what a restart knows:
from `READY` on, everything that is needed to go back lies beside it.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec import Struct

from vigie.tools import kept_file
from vigie.tools.snapshots import Taken

RUN = "run.json"
BALLAST = "ballast"


class State(StrEnum):
    """How far a run is."""

    PREPARING = "preparing"  # nothing has been changed but that the application was stopped
    READY = "ready"  # all that is needed to go back is on disk
    INSTALLING = "installing"
    CHECKING = "checking"
    KEPT = "kept"  # good; the way back stays open for some days
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"  # it was not begun
    ABANDONED = "abandoned"  # cut off while it was prepared: nothing to take back


UNDER_WAY = frozenset({State.READY, State.INSTALLING, State.CHECKING, State.ROLLING_BACK})


class Made(Struct, frozen=True, kw_only=True):
    """One package's change."""

    package: str
    before: str
    after: str


class Run(Struct, frozen=True, kw_only=True):
    """One run of one unit. `reason` is a slug, `said` more about it that stays on the machine.

    `backup` is the snapshot in our own repository, `taken` those of file systems. `bundled`: the
    database server stops with the application. `carrying`: what was written since
    goes along. `was_up`: the application ran before. `back_seconds`: until everything was in its
    place; it is then compared once more.
    """

    id: str
    unit: str
    state: State
    begun: datetime
    changes: tuple[Made, ...] = ()
    ended: datetime | None = None
    reason: str = ""
    said: str = ""
    backup: str = ""
    taken: tuple[Taken, ...] = ()
    bundled: bool = False
    carrying: bool = False
    was_up: bool = True
    held: bool = False
    told: bool = False
    interrupted: bool = False
    tries: int = 0
    seconds: int = 0
    back_seconds: float = 0.0
    compared_seconds: float = 0.0
    records: int = 0
    lost: int = 0
    changed: int = 0
    carried: int = 0
    reenter: int = 0
    sheet: str = ""


class Held(Struct, frozen=True, kw_only=True):
    """What the register remembers besides runs.

    The versions held, by package; until when updates wait; and by an update's number when it was
    first seen, announced to people, and allowed by an order.
    """

    versions: Mapping[str, str] = {}
    put_off: Mapping[str, datetime] = {}
    seen: Mapping[str, datetime] = {}
    announced: Mapping[str, datetime] = {}
    allowed: Mapping[str, datetime] = {}


class Busy(Exception):
    """Another update of this machine is under way."""


_run_from = msgspec.json.Decoder(Run).decode
_held_from = msgspec.json.Decoder(Held).decode


class Register:
    """The folder `folder` (made if need be) with everything about updates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("", "runs", "downloads", "sheets"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def begin(self, unit: str) -> Run:
        """Return a new run, written down."""
        run = Run(id=uuid4().hex, unit=unit, state=State.PREPARING, begun=datetime.now(UTC))
        self.place(run).mkdir(mode=0o700)
        kept_file.sync_folder(self.folder / "runs")
        return self.note(run)

    def place(self, run: Run) -> Path:
        """Return a run's own folder."""
        return self.folder / "runs" / run.id

    def note(self, run: Run, **changes: object) -> Run:
        """Write down how far a run is, fsynced before this returns; return it.

        On a full disk the ballast goes first: it is there for this.
        """
        run = msgspec.structs.replace(run, **changes)
        try:
            kept_file.keep(self.place(run) / RUN, msgspec.json.encode(run))
        except OSError:
            self.lighten(run)
            kept_file.keep(self.place(run) / RUN, msgspec.json.encode(run))
        return run

    def run(self, number: str) -> Run:
        """Return a run as it is written down."""
        return _run_from((self.folder / "runs" / number / RUN).read_bytes())

    def runs(self) -> tuple[Run, ...]:
        """Return every run, the oldest first."""
        return tuple(sorted(self._read(), key=lambda run: run.begun))

    def lighten(self, run: Run) -> None:
        """Give the room back that was kept for going back."""
        (self.place(run) / BALLAST).unlink(missing_ok=True)

    def forget(self, run: Run) -> None:
        """Remove what a run needed to go back, and keep what it says."""
        for entry in self.place(run).iterdir():
            if entry.name != RUN:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def held(self) -> Held:
        """Return what is remembered besides runs."""
        file = self.folder / "held.json"
        return _held_from(file.read_bytes()) if file.exists() else Held()

    def hold(self, **changes: object) -> None:
        """Remember something besides runs."""
        held = msgspec.structs.replace(self.held(), **changes)
        kept_file.keep(self.folder / "held.json", msgspec.json.encode(held))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process out; let go even if we are killed. Raise Busy."""
        lock = sqlite3.connect(self.folder / "lock", timeout=0, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as busy:
            lock.close()
            raise Busy from busy
        try:
            yield
        finally:
            lock.close()

    def _read(self) -> Iterator[Run]:
        for file in (self.folder / "runs").glob(f"*/{RUN}"):
            yield _run_from(file.read_bytes())
