"""Keeping, finding and giving back versions."""

import contextlib
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from vigie.tools.vault.index import Index, Version, Way
from vigie.tools.vault.objects import Objects, copy, same, sync_folder

# An fsync for each version kept made restores and photo edits up to six times slower, because the
# writer waits for it. What a power cut within this time can take is one version, of a document
# that was being destroyed at that very moment.
SYNC = timedelta(seconds=0.5)
YOUNG = timedelta(days=1)  # never let go for want of room: who floods the vault to push the good
# versions out has a day, and is seen much sooner


class VaultFull(Exception):
    """There is no room for another version, and nothing old enough to let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the vault may keep. `most_bytes` counts copies; links and clones cost nothing."""

    most_bytes: int = 20_000_000_000
    oldest: timedelta = timedelta(days=30)
    spare: int = 500_000_000  # bytes left free on the disk: a full disk stops the practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back: documents put back, those that were there already, those not to be had."""

    back: int = 0
    already: int = 0
    missing: int = 0


class Vault:
    """The last good versions of the documents of one machine, in `folder`.

    Opening it settles what a crash left: unfinished copies are dropped, rows whose object is
    missing or has the wrong size are struck (`lost` counts them), objects without a row go.
    """

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.folder = folder
        self._limits = limits or Limits()
        self._objects = Objects(folder)
        self._index = Index(folder / "index.sqlite")
        self._waiting: list[Version] = []
        self._waiting_lock = threading.Lock()
        self._changed = False
        self._refused = 0  # bytes of the last version there was no room for
        self._over = threading.Event()
        self._syncer = threading.Thread(target=self._keep_synced, name="vault", daemon=True)
        self.lost = self._settle()
        self._links = self._index.links()  # asked for at each save
        self.used = sum(self._objects.sizes().values())  # bytes of copies
        self._syncer.start()

    def hold(self, descriptor: int, document: str, path: str) -> Way:
        """Keep the present content of an open file, as cheaply as the system can.

        Links and clones are written to the index at the next `commit`. Raise VaultFull.
        """
        state = os.fstat(descriptor)
        name = f"{state.st_dev:x}-{state.st_ino}-{uuid.uuid4().hex[:8]}"
        plain = f"{state.st_dev:x}-{state.st_ino}"
        if state.st_dev == self._objects.device:
            try:
                cloned = self._objects.clone(descriptor, name)
            except OSError as refusal:
                raise VaultFull(str(refusal)) from refusal
            if cloned:
                self._wait(self._version(state, document, path, Way.CLONE, name))
                return Way.CLONE
            if self._objects.link(descriptor, plain):
                self._wait(self._version(state, document, path, Way.LINK, plain))
                return Way.LINK
        self.keep(descriptor, document, path)
        return Way.COPY

    def keep(self, descriptor: int, document: str, path: str, family: str = "") -> str:
        """Copy the content of an open file, and return its SHA-256.

        On return the copy and its row outlive our end.

        A power cut they outlive after the next `sync`, at most SYNC later.

        A link of the same inode is given up: it is about to change. Raise VaultFull.
        """
        state = os.fstat(descriptor)
        self._make_room(state.st_size)
        try:
            content, size, fresh = self._objects.put(descriptor)
        except OSError as refusal:
            raise VaultFull(str(refusal)) from refusal
        self.used += size if fresh else 0
        self.commit()
        version = replace(
            self._version(state, document, path, Way.COPY, content), size=size, family=family
        )
        name = f"{state.st_dev:x}-{state.st_ino}"
        number = self._forget_link(document, name)
        self._add([version], without=[] if number is None else [number])
        if number is not None:
            self._objects.release(name)
        return content

    def loosen(self, document: str) -> None:
        """Give up a document's link: its inode is about to change, and a copy is kept."""
        self.commit()
        links = self._links.pop(document, {})
        self._index.strike(links.values())
        for name in links:
            self._objects.release(name)

    def commit(self) -> None:
        """Write to the index what was held since the last call; on return it is durable."""
        with self._waiting_lock:
            waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        waiting = list({(v.document, v.object): v for v in waiting}.values())
        again = [self._forget_link(v.document, v.object) for v in waiting]
        self._add(waiting, without=[number for number in again if number is not None])

    def gone(self, rows: Iterable[tuple[str, str]]) -> None:
        """Write down that documents were deleted, and by which family; their versions stay."""
        now = time.time()
        self._index.mark_gone([(document, now, family) for document, family in rows])

    def move(self, document: str, path: str) -> None:
        """Write down that a document lives under another path now."""
        self.commit()
        self._index.move(document, path)

    def back(self, documents: Iterable[str]) -> None:
        """Write down that documents are there again."""
        self._index.mark_back(documents)

    def known(self) -> dict[str, str]:
        """Return the document that lives at each path, by the latest good version of each."""
        self.commit()
        return {v.path: v.document for v in self._index.versions("WHERE purpose = 'good'")}

    def living(self) -> dict[str, Version]:
        """Return the last good version of each document that nobody was seen to delete, by path."""
        self.commit()
        gone = self._index.gone()
        good = self._index.versions("WHERE purpose = 'good'")
        return {v.path: v for v in good if v.document not in gone}

    def latest(self, document: str) -> Version | None:
        """Return the last good version of a document, or None."""
        self.commit()
        versions = self._index.versions("WHERE document = ? AND purpose = 'good'", (document,))
        return versions[-1] if versions else None

    @contextlib.contextmanager
    def reading(self, version: Version) -> Iterator[int]:
        """Open a kept version for reading; raise OSError where it is gone."""
        descriptor = os.open(self._place(version), os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def restore(self, document: str, *, now_at: str = "") -> bool | None:
        """Put the last good version of a document back where it lived.

        `now_at` is where the damaged document is now, if it was renamed; it is removed once its
        content is kept as well. Return True when it was put back, False when it was there
        already, None when no version is to be had.
        """
        self.commit()
        for version in reversed(
            self._index.versions("WHERE document = ? AND purpose = 'good'", (document,))
        ):
            place, source = Path(version.path), self._place(version)
            if not source.exists():
                continue
            if same(place, source):
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh = place.with_name(f".vigie-{uuid.uuid4().hex}")
            try:
                if not self._materialise(version, source, fresh):
                    continue
                for aside in {version.path, now_at or version.path}:
                    self._keep_aside(Path(aside), document)
                fresh.replace(place)
            finally:
                fresh.unlink(missing_ok=True)
            if now_at and now_at != version.path:
                Path(now_at).unlink(missing_ok=True)
            sync_folder(place.parent)
            self._index.mark_back([document])
            return True
        return None

    def sync(self) -> None:
        """Bring everything kept so far onto the disk."""
        if self._objects.sync() or self._changed:
            self._changed = False
            self._index.sync()

    def _keep_synced(self) -> None:
        while not self._over.wait(SYNC.total_seconds()):
            with contextlib.suppress(OSError):  # a failing disk shows at the next version kept
                self.sync()

    def prune(self) -> None:
        """Let go what is older than the limits, never the last version of a living document."""
        self._let_go(0)

    def close(self) -> None:
        """Write down what waits, bring it onto the disk, and close the index."""
        self._over.set()
        self._syncer.join()
        self.commit()
        self.sync()
        self._index.close()

    def _add(self, versions: Sequence[Version], *, without: Iterable[int] = ()) -> None:
        numbers = self._index.add(versions, without=without)
        for version, number in zip(versions, numbers, strict=True):
            if version.way is Way.LINK:
                self._links.setdefault(version.document, {})[version.object] = number
        self._changed = True

    def _forget_link(self, document: str, name: str) -> int | None:
        return self._links.get(document, {}).pop(name, None)

    def _wait(self, version: Version) -> None:
        with self._waiting_lock:
            self._waiting.append(version)

    def _place(self, version: Version) -> Path:
        if version.way is Way.COPY:
            return self._objects.object(version.object)
        return self._objects.held(version.object)

    @staticmethod
    def _version(state: os.stat_result, document: str, path: str, way: Way, name: str) -> Version:
        return Version(
            document=document,
            path=path,
            way=way,
            object=name,
            size=state.st_size,
            mode=state.st_mode & 0o7777,
            uid=state.st_uid,
            gid=state.st_gid,
            mtime=state.st_mtime_ns,
            kept=time.time(),
        )

    def _materialise(self, version: Version, source: Path, fresh: Path) -> bool:
        if version.way is Way.LINK and source.stat().st_nlink == 1:
            os.link(source, fresh)  # nobody else has a name for it: the very same file comes back
            return True
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            digest, _ = copy(descriptor, fresh)
        finally:
            os.close(descriptor)
        if version.way is Way.COPY and digest != version.object:
            return False  # the disk changed a bit: the version before is worth more
        os.chown(fresh, version.uid, version.gid)
        fresh.chmod(version.mode)
        os.utime(fresh, ns=(time.time_ns(), version.mtime))
        return True

    def _keep_aside(self, place: Path, document: str) -> None:
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            state = os.fstat(descriptor)
            digest, size, fresh = self._objects.put(descriptor)
            self.used += size if fresh else 0
            version = self._version(state, document, str(place), Way.COPY, digest)
            self._add([replace(version, size=size, purpose="replaced")])
        finally:
            os.close(descriptor)

    def _settle(self) -> int:
        versions, sizes = self._index.versions(), self._objects.sizes()
        held = {entry.name for entry in os.scandir(self.folder / "held")}
        lost = [
            v.number
            for v in versions
            if (sizes.get(v.object) != v.size if v.way is Way.COPY else v.object not in held)
        ]
        self._index.strike(lost)
        wanted = {v.object for v in versions if v.number not in set(lost)}
        for digest in sizes.keys() - wanted:
            self._objects.drop(digest)
        for name in held - wanted:
            self._objects.release(name)
        return len(lost)

    @property
    def full(self) -> bool:
        """Return whether the version refused last would be refused again."""
        return self._refused > 0 and self._short_of(self._refused) > 0

    def _short_of(self, size: int) -> int:
        """Return how many bytes are missing to keep `size` more; none where it is not above 0."""
        disk = os.statvfs(self.folder)
        free = disk.f_bavail * disk.f_frsize - self._limits.spare
        return max(self.used + size - self._limits.most_bytes, size - free)

    def _make_room(self, size: int) -> None:
        short = self._short_of(size)
        if short > 0 and self._let_go(short) < short:
            self._refused = size
            raise VaultFull(f"{size} bytes do not fit")

    def _let_go(self, short: int) -> int:
        """Drop old versions, all that are past their date, then until `short` bytes are free."""
        now, freed, going = time.time(), 0, []
        versions, gone = self._index.versions(), self._index.gone()
        last = {v.document: v.number for v in versions if v.purpose == "good"}
        uses = Counter(v.object for v in versions)
        for v in versions:
            living_last = last.get(v.document) == v.number and v.document not in gone
            since = (
                gone[v.document][0]
                if last.get(v.document) == v.number and not living_last
                else v.kept
            )
            age = timedelta(seconds=now - since)
            if living_last or age < YOUNG or (age < self._limits.oldest and freed >= short):
                continue
            going.append(v)
            uses[v.object] -= 1
            freed += v.size if v.way is Way.COPY and not uses[v.object] else 0
        self._index.strike(v.number for v in going)
        for v in going:
            if v.way is Way.LINK:
                self._forget_link(v.document, v.object)
            if not uses[v.object]:
                (self._objects.drop if v.way is Way.COPY else self._objects.release)(v.object)
        self.used -= freed
        return freed
