"""What this machine remembers of its backups: one folder, readable by its owner alone.

`state.json` (what became of each place), `manifests/` (what each snapshot should hold), `keys/`
(this machine's keys and the repositories' locations), `staging/` (database copies on their way
into the snapshot), `cache/` (restic's own).
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from vigie.routines.backups.plan import Place
from vigie.tools.restic import Repository, Restic, write_private


class RoomHeld(Exception):
    """Another backup, check or proof of this machine is under way."""


class PlaceState(Struct, frozen=True, kw_only=True):
    """What became of one repository.

    `begun` without an `ended` after it: the run was killed. `snapshot` and `manifest` belong to
    the last snapshot made, at `made`. `seen` is when the repository last answered, `keys` the
    ids of its known keys, `part` the part of the data (1 to 30) that was read last, at `read`.
    `troubled` is the fact of the last failure, empty after a success; `held`: retention waits.
    """

    begun: datetime | None = None
    ended: datetime | None = None
    made: datetime | None = None
    seen: datetime | None = None
    snapshot: str = ""
    manifest: str = ""
    snapshots: int = 0
    keys: tuple[str, ...] = ()
    part: int = 0
    read: datetime | None = None
    checked: datetime | None = None
    troubled: str = ""
    held: bool = False

    @property
    def killed(self) -> bool:
        """Return whether the last run never came to its end."""
        return self.begun is not None and (self.ended is None or self.ended < self.begun)


class State(Struct, frozen=True, kw_only=True):
    """What became of every repository, by its pseudonym."""

    places: Mapping[str, PlaceState] = {}


_decode = msgspec.json.Decoder(State).decode
_encode = msgspec.json.Encoder(order="deterministic").encode


class Room:
    """The folder `folder` (made if need be) and what lies in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("", "manifests", "keys", "staging", "cache"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def staging(self) -> Path:
        """Return the folder that is saved with the practice's folders."""
        return self.folder / "staging"

    @property
    def private(self) -> tuple[Path, ...]:
        """Return what no snapshot holds: keys above all."""
        return tuple(self.folder / name for name in ("keys", "cache", "manifests", "state.json"))

    @property
    def databases(self) -> Path:
        """Return where database copies lie, below their own absolute paths."""
        return self.staging / "databases"

    @property
    def dumps(self) -> Path:
        """Return where PostgreSQL's dumps lie, among the database copies."""
        return self.databases / "postgresql"

    def password_file(self, place: Place) -> Path:
        """Return the file that holds this machine's key for a place."""
        return place.password_file or self.folder / "keys" / place.pseudonym

    def restic(self, place: Place) -> Restic:
        """Return the place's repository, ready to be asked. Raise ResticFailed without restic."""
        return Restic(
            Repository(
                location=place.location,
                password_file=self.password_file(place),
                location_file=self.folder / "keys" / f"{place.pseudonym}.location",
                cache=self.folder / "cache",
                credentials_file=place.credentials_file,
            )
        )

    def place(self, place: Place) -> PlaceState:
        """Return what became of one place; an empty state if it was never used."""
        return self.state().places.get(place.pseudonym, PlaceState())

    def state(self) -> State:
        """Return what became of every place."""
        file = self.folder / "state.json"
        return _decode(file.read_bytes()) if file.exists() else State()

    def note(self, place: Place, **changes: object) -> PlaceState:
        """Change what is known of one place, durably, and return it."""
        state = self.state()
        known = state.places.get(place.pseudonym, PlaceState())
        changed = msgspec.structs.replace(known, **changes)
        places = {**state.places, place.pseudonym: changed}
        write_private(self.folder / "state.json", _encode(State(places=places)).decode())
        return changed

    def manifest(self, name: str) -> Path:
        """Return the manifest of that name."""
        return self.folder / "manifests" / name

    def tidy(self) -> None:
        """Remove manifests that belong to no place's last snapshot."""
        needed = {state.manifest for state in self.state().places.values()}
        for file in (self.folder / "manifests").iterdir():
            if file.name not in needed:
                file.unlink()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other process of this machine out; let go even if we are killed.

        Raise RoomHeld if another is inside.
        """
        lock = sqlite3.connect(self.folder / "lock", timeout=0, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as busy:
            lock.close()
            raise RoomHeld from busy
        try:
            yield
        finally:
            lock.close()
