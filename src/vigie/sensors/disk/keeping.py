"""Keeping: how a file becomes protected, and how its last good version is made safe in time."""

import contextlib
import os
import stat
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePath

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.sensors.disk.gate import Gate
from vigie.sensors.disk.register import Document, Register
from vigie.tools import fanotify
from vigie.tools.vault import Vault, VaultFull, Version, Way, digest

Inspect = Callable[[int, str], Structure]

# Files that programs make for themselves beside a document, and remake at every turn.
PASSING_SUFFIXES = ("-journal", "-wal", "-shm", ".lock", ".part", ".crdownload", ".swp")
PASSING_PREFIXES = (".~lock.", "~$", ".vigie-")
DATABASE_SUFFIXES = frozenset(
    [
        ".db",
        ".db3",
        ".sqlite",
        ".sqlite3",
        ".fdb",
        ".gdb",
        ".mdb",
        ".accdb",
        ".dbf",
        ".mdf",
        ".ldf",
        ".ibd",
        ".pst",
        ".ost",
    ]
)
# The same family saving the same document again and again (a log, a database) has the version
# before its first save kept, and then one each period: the most work that can be lost of it.
DOCUMENT_PERIOD = timedelta(minutes=1)
DATABASE_PERIOD = timedelta(minutes=15)
NAMES_SETTLE = timedelta(minutes=10)  # until then a restore brings the old name back as well
DATABASE_LOOK = timedelta(seconds=1)  # thousands of transactions a minute are one database
TICK = timedelta(seconds=0.05)  # a file's times lag behind the clock by up to a tick of the kernel
WRITE = timedelta(seconds=0.02)  # the longest that a program is in the middle of one write
WRITE_LOOKS = 5
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
UNKNOWN = Structure(kind=Kind.OTHER, soundness=Soundness.UNSURE, size=0)


def passing(path: str) -> bool:
    """Return whether a file is a program's own passing matter, not a document."""
    name = os.path.basename(path)  # noqa: PTH119  (asked for each event)
    return name.startswith(PASSING_PREFIXES) or name.endswith(PASSING_SUFFIXES)


def _changed_since(version: Version, state: os.stat_result) -> bool:
    """Return whether a file may hold something else than its last good version does."""
    if version.way is Way.LINK:  # the same inode is all we have; another one took its place
        return version.object != f"{state.st_dev:x}-{state.st_ino}"
    return state.st_size != version.size or state.st_ctime > version.kept - TICK.total_seconds()


class Keeping:
    """Mark, lease and hold documents; copy them when they are about to change."""

    def __init__(
        self, gate: Gate, register: Register, vault: Vault, inspect: Inspect, most_links: int
    ) -> None:
        self._gate, self._register, self._vault = gate, register, vault
        self._inspect, self._most_links = inspect, most_links
        self._known: dict[str, str] = vault.known()
        self.unmet = vault.living()  # versions of documents that were not met since we began
        self.unasked: list[Document] = []  # that somebody may be writing to without having asked
        self.trouble = ""  # why a version is not kept, a slug: to be reported, never hidden

    def protect(self, path: str, folder: str, heir_of: Document | None = None) -> Document | None:
        """Protect the regular file at `path`; None where there is none (any more).

        What was changed while nobody watched comes back dirty, to be judged against its last good
        version: whoever killed us to go on undisturbed must not find the damage taken for good.
        """
        try:
            descriptor = os.open(path, READING)
        except OSError:
            return None
        state = os.fstat(descriptor)
        inode = (state.st_dev, state.st_ino)
        if not stat.S_ISREG(state.st_mode) or inode in self._register.by_inode:
            os.close(descriptor)
            return self._register.by_inode.get(inode)
        home = heir_of.home if heir_of else path
        name = heir_of.name if heir_of else self._known.get(path) or uuid.uuid4().hex
        document = Document(
            name=name, path=path, home=home, folder=folder, inode=inode, way=Way.COPY
        )
        try:
            self._gate.asking.mark(descriptor, fanotify.OPEN_PERM)
        except OSError:  # a file system that cannot, or a machine that may have no more marks
            self.trouble = "not_supported"
            os.close(descriptor)
            return None
        document.descriptor = descriptor
        self._register.add(document)
        version = self.unmet.pop(path, None)
        if version is not None and _changed_since(version, state):
            self.look_back(document)
            document.dirty = document.closed = True
            self._register.dirty[inode] = document
        else:
            self.hold(document)
        return document

    def hold(self, document: Document) -> None:
        """Make the present content of an open document its last good version.

        The descriptor stays open as long as the version is a link, for its lease.
        """
        # The lease first: it is refused while somebody writes, and then a link would be no
        # version at all, and a copy only what it is now.
        leases = self._gate.leases if document.descriptor < self._most_links else None
        quiet = leases is not None and leases.take(document.descriptor)
        written = leases is not None and not quiet and leases.refused_for_a_writer
        try:
            if quiet:
                document.way = self._vault.hold(document.descriptor, document.name, document.home)
                document.held_as = document.way
            else:
                self._vault.keep(document.descriptor, document.name, document.home)
                document.way = Way.COPY
            if document.way is Way.COPY:
                document.kept_at = time.monotonic()
        except VaultFull:
            self.trouble = "no_space"
        document.dirty = document.broken = document.closed = document.stale = False
        document.looks = 0
        self._register.dirty.pop(document.inode, None)
        if written:
            self._expect(document)
        elif document.way is not Way.LINK or not quiet:
            self._register.let_go(document)

    def written_unasked(self, document: Document, family: str) -> None:
        """Have a document judged that somebody changed through a file opened before we asked."""
        if document.descriptor < 0:
            try:
                document.descriptor = os.open(document.path, READING)
            except OSError:
                return  # gone again: that is told as well
        document.family = family
        self._expect(document)

    def _expect(self, document: Document) -> None:
        """Have an open document looked at: who holds it open will not ask again."""
        document.dirty, document.since = True, time.monotonic()
        self._register.dirty[document.inode] = document
        self.unasked.append(document)

    def look_back(self, document: Document) -> Structure:
        """Return what the last good version of a removed or replaced document is."""
        if document.before is None:
            document.before = UNKNOWN
            if version := self._vault.latest(document.name):
                try:
                    with self._vault.reading(version) as descriptor:
                        document.before = self._inspect(descriptor, version.path)
                except OSError:
                    self.trouble = "nothing_kept"
        return document.before

    def secure(self, document: Document, descriptor: int, family: str) -> None:
        """Make sure the content behind `descriptor` is safe, before somebody changes it."""
        if not document.dirty:
            self._secure_version(document, descriptor, family)
            document.since = time.monotonic()
        document.dirty, document.closed, document.looks = True, False, 0
        document.family = family
        self._register.dirty[document.inode] = document
        if document.descriptor >= 0 and self._gate.leases:
            self._gate.leases.give_up(document.descriptor)

    def _secure_version(self, document: Document, descriptor: int, family: str) -> None:
        document.kept_as = ""
        if document.way is not Way.LINK and not document.stale:
            return
        again = document.family == family or self._database(document)
        try:
            if not (again and self._recent(document)):
                document.kept_as = self._vault.keep(
                    descriptor, document.name, document.home, family
                )
                document.kept_at = time.monotonic()
            elif document.way is Way.LINK:
                self._vault.loosen(document.name)
            document.way, document.stale = Way.COPY, False
        except VaultFull:
            self.trouble = "no_space"
            if document.before is None:  # no version will tell what it was
                document.before = self._inspect(descriptor, document.home)

    @staticmethod
    def unchanged(document: Document) -> bool:
        """Return whether a dirty document holds again what it held: a restore over it, a touch."""
        return bool(document.kept_as) and document.kept_as == digest(document.descriptor)

    def accept(self, document: Document, now_is: Structure | None) -> None:
        """Take the new content of a document for its last good version, or soon will.

        `now_is` is None where nobody had to look: it is as it was.
        """
        document.before = now_is
        cheap = document.held_as is Way.LINK and not self._database(document)
        if self._recent(document) and not cheap:
            self._register.let_go(document)
            self._register.dirty.pop(document.inode, None)
            document.dirty = document.broken = document.closed = False
            document.stale = True
        else:
            self.hold(document)

    def just_looked(self, document: Document) -> bool:
        """Return whether a database was looked at so lately that it may wait for its next look."""
        now = time.monotonic()
        if self._database(document) and now - document.looked_at < DATABASE_LOOK.total_seconds():
            return True
        document.looked_at = now
        return False

    def settle_names(self) -> None:
        """Take new names for good, once nobody who gave them did any harm for a while."""
        limit = time.monotonic() - NAMES_SETTLE.total_seconds()
        for traces in self._register.traces.values():
            if traces.harm or not traces.renamed or traces.renamed_at > limit:
                continue
            for document in traces.renamed.values():
                if self._register.by_path.get(document.path) is document:
                    document.home = document.path
                    self._vault.move(document.name, document.home)
            traces.renamed.clear()

    def refresh(self) -> None:
        """Hold what was accepted within its period, once the period is over."""
        for document in [d for d in self._register.by_inode.values() if d.stale]:
            if not self._recent(document) and not document.dirty and not document.removed:
                with contextlib.suppress(OSError):
                    document.descriptor = os.open(document.path, READING)
                    self.hold(document)

    def _recent(self, document: Document) -> bool:
        period = DATABASE_PERIOD if self._database(document) else DOCUMENT_PERIOD
        return time.monotonic() - document.kept_at < period.total_seconds()

    @staticmethod
    def _database(document: Document) -> bool:
        suffix = PurePath(document.home).suffix.lower()
        kind = document.before.kind if document.before else Kind.OTHER
        return suffix in DATABASE_SUFFIXES or kind is Kind.SQLITE

    def being_written(self, descriptor: int) -> bool:
        """Return whether somebody writes to an open file; False where nobody can tell."""
        leases = self._gate.leases
        if leases is None or leases.take(descriptor):
            return False
        return leases.refused_for_a_writer

    def wait_for_writer(self, document: Document) -> bool:
        """Give whoever is in the middle of a write a moment; return whether there was anybody.

        One who keeps it open for longer, so as not to be judged, is judged all the same.
        """
        if not self._gate.leases or not self._in_writing(document):
            return False
        for _ in range(WRITE_LOOKS):
            time.sleep(WRITE.total_seconds() / WRITE_LOOKS)
            if not self._in_writing(document):
                break
        return True

    def _in_writing(self, document: Document) -> bool:
        found = self.being_written(document.descriptor)
        if self._gate.leases and not found:
            self._gate.leases.give_up(document.descriptor)
        return found

    def writer_done(self, document: Document) -> bool:
        """Return whether nobody has a document open for writing any more."""
        # Closed once is enough: whoever holds it open a second time may do so for that very reason.
        if document.closed or document.descriptor < 0 or not self._gate.leases:
            return document.closed
        if not self._gate.leases.take(document.descriptor):
            return False
        self._gate.leases.give_up(document.descriptor)
        return True
