"""The register: every protected document, by inode and by path, and what is going on with it."""

import os
from collections import defaultdict
from dataclasses import dataclass, field

from vigie.domain.evidence.structure import Structure
from vigie.tools.vault import Way

Inode = tuple[int, int]  # device, number


@dataclass(slots=True, eq=False, kw_only=True)
class Document:
    """One document through its saves and renames.

    `home` is where it lives as far as people know, `path` where it is now; they differ until a
    rename has proven harmless. `before` is the structure of the last good version, once
    somebody asked. `descriptor` is open for reading while the version is a link (and holds the
    lease), or while the new content waits to be judged; else -1. `dirty`: somebody may have
    changed it since it was last found sound. `stale`: it was found sound, but this content is not
    kept yet, because one close before it is (`kept_at`, of the monotonic clock). `succeeded`: a
    sound file took its place. `kept_as` is the SHA-256 of what it held before it became dirty,
    where that was kept, `since` (monotonic clock) when it became dirty.
    """

    name: str
    path: str
    home: str
    folder: str
    inode: Inode
    way: Way
    descriptor: int = -1
    before: Structure | None = None
    dirty: bool = False
    closed: bool = False
    broken: bool = False
    removed: bool = False
    succeeded: bool = False
    looked_at: float = float("-inf")
    canary: bool = False
    family: str = ""
    readers: set[str] = field(default_factory=set)
    kept_at: float = float("-inf")
    stale: bool = False
    kept_as: str = ""
    since: float = float("-inf")
    held_as: Way = Way.COPY
    looks: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Fresh:
    """A new or changed file that is no document yet: who wrote it, and when it was last closed.

    `heir_of` is the document whose place it took.
    """

    family: str
    since: float
    heir_of: Document | None = None
    judged: bool = False
    own: bool = False


@dataclass(slots=True, eq=False)
class Traces:
    """What one family did here: documents opened for reading, removed, renamed; its record.

    `filling` names the documents it left with a hole, to be filled.
    """

    read: int = 0
    removed: dict[str, Document] = field(default_factory=dict)
    renamed: dict[str, Document] = field(default_factory=dict)
    renamed_at: float = 0.0
    filling: set[str] = field(default_factory=set)
    sound: int = 0
    harm: int = 0


class Register:
    """The documents of all watched folders (`tops`). Used by one thread."""

    def __init__(self, tops: tuple[str, ...]) -> None:
        self.tops = tops
        self.by_inode: dict[Inode, Document] = {}
        self.by_path: dict[str, Document] = {}
        self.folders: dict[bytes, str] = {}
        self.fresh: dict[str, Fresh] = {}
        self.unjudged: defaultdict[str, dict[str, Fresh]] = defaultdict(dict)
        self.dirty: dict[Inode, Document] = {}
        self.traces: defaultdict[str, Traces] = defaultdict(Traces)

    def top(self, path: str) -> str:
        """Return the watched folder that a path lies in (the first for one that lies in none)."""
        inside = (top for top in self.tops if path.startswith(top + os.sep) or path == top)
        return max(inside, key=len, default=self.tops[0])

    def add(self, document: Document) -> None:
        """Enter a document, in the place of whatever was at its path or inode."""
        self.by_inode[document.inode] = document
        self.by_path[document.path] = document

    def drop(self, document: Document) -> None:
        """Strike a document whose inode is gone, and close what was open for it."""
        if self.by_inode.get(document.inode) is document:
            del self.by_inode[document.inode]
        if self.by_path.get(document.path) is document:
            del self.by_path[document.path]
        self.dirty.pop(document.inode, None)
        self.let_go(document)

    def arrive(self, path: str, fresh: Fresh) -> None:
        """Enter a file that is no document yet; it waits to be judged if there is reason to."""
        self.forget_fresh(path)
        self.fresh[path] = fresh
        if fresh.heir_of is not None or self.traces[fresh.family].read:
            self.unjudged[fresh.family][path] = fresh

    def forget_fresh(self, path: str) -> Fresh | None:
        """Strike a file that is no document yet (any more); return it if it was there."""
        fresh = self.fresh.pop(path, None)
        if fresh is not None:
            self.judged(path, fresh)
        return fresh

    def judged(self, path: str, fresh: Fresh) -> None:
        """Note that a fresh file no longer waits to be judged."""
        waiting = self.unjudged.get(fresh.family)
        if waiting is not None:
            waiting.pop(path, None)
            if not waiting:
                del self.unjudged[fresh.family]

    @staticmethod
    def let_go(document: Document) -> None:
        """Close the descriptor of a document, and with it its lease."""
        if document.descriptor >= 0:
            os.close(document.descriptor)
            document.descriptor = -1

    def move(self, document: Document, path: str) -> None:
        """Enter a document under its new path."""
        if self.by_path.get(document.path) is document:
            del self.by_path[document.path]
        document.path = path
        self.by_path[path] = document

    def below(self, folder: str) -> list[Document]:
        """Return the documents in a folder and further down."""
        stem = folder + os.sep
        return [document for path, document in self.by_path.items() if path.startswith(stem)]

    def move_folder(self, old: str, new: str) -> None:
        """Enter everything below a renamed folder under its new path."""
        stem = old + os.sep
        for handle, path in self.folders.items():
            if path == old or path.startswith(stem):
                self.folders[handle] = new + path[len(old) :]
        for document in self.below(old):
            self.move(document, new + document.path[len(old) :])
        for path in [p for p in self.fresh if p.startswith(stem)]:
            if fresh := self.forget_fresh(path):
                self.arrive(new + path[len(old) :], fresh)
