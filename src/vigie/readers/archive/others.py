"""Every other archive, through libarchive; and 7z under a password, through py7zr."""

import io
import lzma
import stat
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath

import libarchive
import py7zr
from Cryptodome.Cipher import AES
from libarchive.exception import ArchiveError
from py7zr import py7zr as sevens
from py7zr.io import BytesIOFactory

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import doubled, ending_of, runs, turned
from vigie.readers.document.walk import (
    FREE_OF_RATIO,
    MOST_EXPANDED,
    MOST_RATIO,
    Damaged,
    Holder,
    Part,
    Swollen,
    Walk,
)

# Loads what a cell could not load any more.
AES.new(bytes(16), AES.MODE_CBC, bytes(16))

_SEALED = ("passphrase", "encrypt", "password", "decrypt")
_MOST_ONE = 64 * 1024 * 1024


def look(walk: Walk, part: Part, holder: Holder = Holder.ARCHIVE) -> None:
    """Look at each entry of an archive. Raise Damaged or Swollen."""
    try:
        _entries(walk, part, holder, None)
    except ArchiveError as trouble:
        _trouble(walk, part, trouble)


def _trouble(walk: Walk, part: Part, trouble: ArchiveError) -> None:
    said = str(trouble).lower()
    if not any(word in said for word in _SEALED):
        raise Damaged("no_archive") from trouble
    unlocked(walk, part, [])


def stream(walk: Walk, part: Part) -> None:
    """Look at one packed stream (gz, bz2, xz, zst, …): what is in it has the name before."""
    pieces: list[bytes] = []
    total = 0
    try:
        with libarchive.memory_reader(part.untrusted, format_name="raw") as archive:
            for entry in archive:
                for block in entry.get_blocks():
                    total += len(block)
                    _bounded(walk, len(block), total, len(part.untrusted))
                    pieces.append(bytes(block))
    except ArchiveError as trouble:
        raise Damaged("no_stream") from trouble
    name = part.name.rpartition(".")[0] or part.name
    if part.name.lower().endswith((".tgz", ".tbz", ".txz")):
        name += ".tar"
    walk.into(part, b"".join(pieces), name, Holder.ARCHIVE)


def _entries(
    walk: Walk,
    part: Part,
    holder: Holder,
    passphrase: str | None,
    sums: Collection[int] = (),
) -> None:
    """Look at each entry; with `sums`, raise Damaged at the first whose CRC-32 is none of them."""
    total = 0
    with libarchive.memory_reader(part.untrusted, passphrase=passphrase) as archive:
        for entry in archive:
            walk.enter()
            name = str(entry.pathname or "")
            _place(walk, part, name, entry)
            if stat.S_IFMT(entry.filetype or 0) not in (0, stat.S_IFREG):
                continue
            pieces: list[bytes] = []
            size = check = 0
            for block in entry.get_blocks():
                total += len(block)
                size += len(block)
                check = zlib.crc32(block, check)
                _bounded(walk, len(block), total, len(part.untrusted))
                if size <= _MOST_ONE:
                    pieces.append(bytes(block))
            if sums and check not in sums:
                raise Damaged("wrong_password")
            walk.into(part, b"".join(pieces), name, holder)


def _bounded(walk: Walk, block: int, total: int, packed: int) -> None:
    walk.spend(block)
    if total > FREE_OF_RATIO and total / max(packed, 1) > MOST_RATIO:
        raise Swollen


def _place(walk: Walk, part: Part, name: str, entry: libarchive.ArchiveEntry) -> None:
    from vigie.readers.archive.zips import escapes, leads_out  # noqa: PLC0415  (each knows the other)

    escapes(walk, part, name, 0, None)
    if (entry.issym or entry.islnk) and (target := str(entry.linkname or entry.linkpath or "")):
        path = "" if entry.islnk else name  # a hard link counts from the archive's own root
        if leads_out(path, target):
            walk.saw(Act.ESCAPES, part, f"{name} → {target}")


def unlocked(walk: Walk, part: Part, names: Sequence[str], sums: Collection[int] = ()) -> None:
    """Look at a sealed archive with the passwords at hand, or say that none opened it.

    `sums` are the CRC-32 of its entries where it states them: the oldest cipher of ZIP keeps one
    byte of a password, so that one wrong password in 256 unlocks, and only the sum tells.
    """
    inner = Part(part.untrusted, part.name, part.holder, part.path, part.depth)
    for password in walk.passwords:
        before = dict(walk.sights)
        try:
            if part.untrusted.startswith(b"7z"):
                _seven(walk, inner, password)
            else:
                _entries(walk, inner, Holder.ARCHIVE, password, sums)
        except (ArchiveError, Damaged):
            walk.sights = before
            continue
        walk.saw(Act.UNSEALED, part)
        return
    walk.saw(Act.SEALED, part)
    _by_name(walk, part, names)


def _by_name(walk: Walk, part: Part, names: Sequence[str]) -> None:
    """Judge by the names, which often stand open in a sealed archive."""
    for name in names:
        if turned(name) or doubled(name):
            walk.saw(Act.NAME_DOUBLED, part, name)
        elif runs(ending_of(name)):
            walk.saw(Act.PROGRAM_PACKED, part, name)


class _Room(BytesIOFactory):
    """Where py7zr unpacks to: memory, and not too much of it."""

    def __init__(self) -> None:
        super().__init__(MOST_EXPANDED)


def seven_zip(walk: Walk, part: Part) -> None:
    """Look at a 7z archive; libarchive does what is not under a password."""
    try:
        with py7zr.SevenZipFile(io.BytesIO(part.untrusted)) as archive:
            sealed = archive.needs_password()
            names = (
                [entry.filename for entry in archive.list()] if not sealed else archive.getnames()
            )
            size = sum(entry.uncompressed for entry in archive.list())
    except py7zr.exceptions.PasswordRequired:
        unlocked(walk, part, [])
        return
    except _WRONG as trouble:
        raise Damaged("no_archive") from trouble
    if size > MOST_EXPANDED or (size > FREE_OF_RATIO and size / len(part.untrusted) > MOST_RATIO):
        raise Swollen
    if sealed:
        unlocked(walk, part, names)
    else:
        look(walk, part)


_WRONG = (py7zr.exceptions.ArchiveError, py7zr.exceptions.InternalError, EOFError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError)  # fmt: skip


def _seven(walk: Walk, part: Part, password: str) -> None:
    try:
        with py7zr.SevenZipFile(io.BytesIO(part.untrusted), password=password) as archive:
            room = _Room()
            with _to_memory():
                archive.extractall(factory=room)
            found = dict(_products(room))
    except (*_WRONG, lzma.LZMAError, zlib.error) as trouble:
        raise Damaged("wrong_password") from trouble
    for name, content in found.items():
        walk.enter()
        walk.spend(len(content))
        walk.into(part, content, name, Holder.ARCHIVE)


@contextmanager
def _to_memory() -> Iterator[None]:
    """Keep py7zr from looking at a disk for what it unpacks to memory: a cell has none.

    Names that lead out of the folder are ours to note, and so is the memory it may use.
    """
    ours = {
        "get_sanitized_output_path": lambda name, _path: PurePath(name),
        "get_memory_limit": lambda: _MOST_ONE,
    }
    kept = {name: vars(sevens)[name] for name in ours}
    vars(sevens).update(ours)
    try:
        yield
    finally:
        vars(sevens).update(kept)


def _products(room: BytesIOFactory) -> Iterator[tuple[str, bytes]]:
    for name, product in room.products.items():
        product.seek(0)
        yield name, product.read()
