"""Attachments: what each one is by its bytes, what lies in it, and what it could do."""

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from pathlib import PurePath

from vigie.domain.evidence.documents import Sight
from vigie.domain.evidence.mail import Attachment, Inside, Link, Source
from vigie.domain.evidence.structure import Kind
from vigie.knowledge.attachments import by_name, packed
from vigie.knowledge.filetypes import kinds_allowed
from vigie.knowledge.words_for_locks import USUAL
from vigie.readers.document import parse
from vigie.readers.mail import codes, documents
from vigie.readers.mail.body import in_text, page, tidy
from vigie.readers.mail.heading import clean, text_of
from vigie.readers.structure import inspect

_MOST_ENTRIES = 500
_LONGEST_ENTRY = 200
_LONGEST_TEXT = 20_000  # characters of one attachment
_INFLATED = 4 * 1024 * 1024  # bytes of one archive, over all that is looked into
_LOOKED_AT = 32 * 1024 * 1024  # bytes of one attachment that are searched
_MOST_LINKS = 60
_DEEPLY = 16 * 1024 * 1024  # bytes of one attachment that are taken apart: an answer is awaited
_MOST_SIGHTS = 20

# Known by their start alone: what reads or runs them is not ours to judge.
_STARTS: tuple[tuple[int, bytes, Inside], ...] = (
    (0, b"MZ", Inside.EXECUTABLE),
    (0, b"\x7fELF", Inside.EXECUTABLE),
    (0, b"\xcf\xfa\xed\xfe", Inside.EXECUTABLE),
    (0, b"L\0\0\0\x01\x14\x02\0", Inside.SHORTCUT),
    (0, b"[InternetShortcut]", Inside.SHORTCUT),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", Inside.NOTEBOOK),
    (0x8001, b"CD001", Inside.DISK_IMAGE),
    (0, b"conectix", Inside.DISK_IMAGE),
    (0, b"vhdxfile", Inside.DISK_IMAGE),
)
_PACKED_STARTS = (
    b"Rar!\x1a\x07",
    b"MSCF",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ",
)
_NAMES = re.compile(
    rb"[^\x00-\x1f\"*<>?|]{1,120}\.(?:exe|scr|com|pif|js|jse|vbs|vbe|wsf|hta|bat|cmd|ps1|lnk|iso|img"
    rb"|docm|xlsm|jar|msi|html?|svg)(?=[\x00-\x1f]|$)",
    re.IGNORECASE,
)
_RAR_SEALED = re.compile(
    rb"^Rar!\x1a\x07\x01\0.{4}[\s\S]\x04|^Rar!\x1a\x07\0..\x73.{1}[\x80-\xff]", re.DOTALL
)
_PROFILE = re.compile(rb"<key>\s*PayloadType\s*</key>\s*<string>\s*Configuration\s*</string>")
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|form|iframe|meta|a\s)", re.IGNORECASE
)
_SCRIPT = re.compile(
    r"<script|javascript:|\bon(?:load|click|error|mouseover)\s*=|<foreignobject|<iframe",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"type\s*=\s*[\"']?password|name\s*=\s*[\"']?(?:pass|pwd|passwd|password)\b", re.IGNORECASE
)
_FORM = re.compile(
    r"<form\b|\bfetch\s*\(|XMLHttpRequest|atob\s*\(|unescape\s*\(|document\.write", re.IGNORECASE
)


class Attached:
    """The budget of one message's attachments. `work` counts bytes looked into, all together."""

    work = 96 * 1024 * 1024

    def __init__(self, work: int = work) -> None:
        self.left = work
        self.codes = codes.MOST_PICTURES
        self.documents = documents.MOST_DOCUMENTS
        self.passwords: tuple[str, ...] = ()  # tried on what is locked

    def spend(self, size: int) -> bool:
        """Charge `size` bytes. Return False where they are not there any more."""
        self.left -= size
        return self.left >= 0


def attached(
    name: str, declared: str, untrusted: bytes, budget: Attached
) -> tuple[Attachment, list[Link]]:
    """Return one attachment and the links in it. `declared` is the type the message gives it."""
    size, digest = len(untrusted), hashlib.sha256(untrusted).hexdigest()
    inside = set(by_name(name))
    if not budget.spend(min(size, _LOOKED_AT)):
        unread = Attachment(
            name=name, kind=Kind.OTHER, size=size, digest=digest,
            inside=frozenset({*inside, Inside.UNREADABLE}),
        )  # fmt: skip
        return unread, []
    looked = untrusted[:_LOOKED_AT]
    seen = inspect(looked, name="")
    found = _Found(kind=seen.kind, sealed=seen.sealed, inside=inside)
    found.look(name, declared, looked, budget)
    if _other_name(name, found):
        found.inside.add(Inside.OTHER_NAME)
    attachment = Attachment(
        name=name,
        kind=found.kind,
        size=size,
        digest=digest,
        sealed=found.sealed,
        inside=frozenset(found.inside),
        entries=tuple(clean(entry)[:_LONGEST_ENTRY] for entry in found.entries[:_MOST_ENTRIES]),
        text=found.text[:_LONGEST_TEXT],
        sights=_sights(name, looked, budget),
    )
    return attachment, found.links[:_MOST_LINKS]


def _sights(name: str, looked: bytes, budget: Attached) -> tuple[Sight, ...]:
    """Return what the attachment would do, to any depth, as for a file of that name."""
    if len(looked) > _DEEPLY:
        return ()
    seen = parse.look(looked, name=name, passwords=(*budget.passwords, *USUAL))
    return tuple(seen.sights)[:_MOST_SIGHTS]


class _Found:
    """What has been learnt of one attachment so far."""

    def __init__(self, *, kind: Kind, sealed: bool, inside: set[Inside]) -> None:
        self.kind, self.sealed, self.inside = kind, sealed, inside
        self.entries: list[str] = []
        self.links: list[Link] = []
        self.text = ""

    def look(self, name: str, declared: str, untrusted: bytes, budget: Attached) -> None:
        self.inside |= {what for at, start, what in _STARTS if untrusted.startswith(start, at)}
        match self.kind:
            case Kind.ZIP | Kind.OOXML | Kind.OPENDOCUMENT:
                self._zip(untrusted, deeper=True)
            case Kind.OLE:
                if b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T" in untrusted or b"V\0B\0A\0" in untrusted:
                    self.inside.add(Inside.MACRO)
            case Kind.RTF:
                if b"\\objdata" in untrusted or b"\\objupdate" in untrusted:
                    self.inside.add(Inside.MACRO)
            case Kind.PDF:
                self._pdf(untrusted, budget)
            case Kind.JPEG | Kind.PNG | Kind.GIF | Kind.WEBP | Kind.TIFF:
                if budget.codes > 0 and (said := codes.in_picture(untrusted)) is not None:
                    budget.codes -= 1
                    self._codes(said)
            case _:
                self._other(name, declared, untrusted)

    def _codes(self, said: list[str]) -> None:
        for text in said:
            self.links += [
                Link(target=link.target, source=Source.CODE) for link in in_text(clean(text))
            ]

    def _zip(self, untrusted: bytes, *, deeper: bool) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(untrusted)) as archive:
                members = archive.infolist()[:_MOST_ENTRIES]
                self.entries += [member.filename for member in members]
                self.sealed = self.sealed or any(member.flag_bits & 1 for member in members)
                if self.kind is Kind.OOXML:
                    self._office(archive, members)
                    return
                for member in members:
                    self.inside |= by_name(member.filename)
                if deeper and not self.sealed:
                    self._members(archive, members)
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError,
                RuntimeError, KeyError):  # fmt: skip
            self.entries += _raw_names(untrusted)
            for entry in self.entries:
                self.inside |= by_name(entry)

    def _members(self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
        """Look into archives in an archive, and at the start of the rest, as far as room goes."""
        room = _INFLATED
        for member in members[:64]:
            with archive.open(member) as file:
                start = file.read(64 if not packed(member.filename) else min(room, _INFLATED))
            room -= len(start)
            self.inside |= {what for at, mark, what in _STARTS if start.startswith(mark, at)}
            if packed(member.filename) and start.startswith(b"PK"):
                self._zip(start, deeper=False)
            elif start.startswith(_PACKED_STARTS):
                self.entries += _raw_names(start)
            if room <= 0:
                return

    def _office(self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
        names = {member.filename.lower() for member in members}
        if any(name.endswith(("vbaproject.bin", "/activex1.bin")) for name in names):
            self.inside.add(Inside.MACRO)
        self.inside |= {what for name in names if "/embeddings/" in name for what in by_name(name)}
        text, links, outside = documents.office(archive, members)
        self.text, self.links = text, links
        if outside:  # a template or an object fetched from elsewhere as soon as it is opened
            self.inside.add(Inside.MACRO)

    def _pdf(self, untrusted: bytes, budget: Attached) -> None:
        if re.search(rb"/JavaScript\b|/JS\s*[(<]|/Launch\b", untrusted):
            self.inside.add(Inside.SCRIPT)
        if budget.documents <= 0:
            return
        budget.documents -= 1
        read = documents.pdf(untrusted)
        self.sealed = self.sealed or read.sealed
        self.text, self.links = read.text, read.links
        self._codes(read.codes)

    def _other(self, name: str, declared: str, untrusted: bytes) -> None:
        if untrusted.startswith(_PACKED_STARTS):
            self.entries += _raw_names(untrusted)
            self.sealed = self.sealed or bool(_RAR_SEALED.match(untrusted[:64]))
            if self.kind is Kind.GZIP:
                self._gzip(untrusted)
            for entry in self.entries:
                self.inside |= by_name(entry)
            return
        if _PROFILE.search(untrusted[: 1 << 20]):
            self.inside.add(Inside.PROFILE)
        page_like = declared in {"text/html", "image/svg+xml", "application/xhtml+xml"}
        ending = PurePath(name).suffix.lower()
        if (
            self.kind is Kind.TEXT
            or page_like
            or ending in {".html", ".htm", ".shtml", ".xhtml", ".svg"}
        ):
            self._page(
                text_of(untrusted[: 1 << 20], "utf-8"), page_like=page_like or ending != ".txt"
            )

    def _gzip(self, untrusted: bytes) -> None:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(untrusted)) as file:
                start = file.read(4096)
        except (OSError, EOFError, zlib.error):
            return
        self.inside |= {what for at, mark, what in _STARTS if start.startswith(mark, at)}
        if start[257:262] == b"ustar":
            self.entries.append(text_of(start[:100].rstrip(b"\0"), "utf-8"))

    def _page(self, text: str, *, page_like: bool) -> None:
        text = clean(text)
        if (page_like and _HTML.search(text[:200_000])) or "<svg" in text[:2_000].lower():
            if _SCRIPT.search(text):
                self.inside.add(Inside.HTML_SCRIPT)
            if _PASSWORD.search(text) and _FORM.search(text):
                self.inside.add(Inside.PASSWORD_FORM)
            read = page(text)
            self.text = tidy(read.text)
            self.links = [
                Link(target=link.target, shown=link.shown, source=Source.ATTACHMENT)
                for link in read.links
            ]
        else:
            self.text = tidy(text[:_LONGEST_TEXT])


def _raw_names(untrusted: bytes) -> list[str]:
    """Return file names that stand readable in an archive of a kind we do not unpack."""
    found = _NAMES.findall(untrusted[: 1 << 20])[:0] or [
        match[0] for match in _NAMES.finditer(untrusted[: 1 << 20])
    ]
    return [clean(text_of(name, "utf-8")).strip()[-_LONGEST_ENTRY:] for name in found[:64]]


def _other_name(name: str, found: _Found) -> bool:
    """Return whether the name promises something to read, and the bytes are something else."""
    if not name or found.kind in {Kind.EMPTY, Kind.OTHER, Kind.NOISE}:
        return False
    return found.kind not in kinds_allowed(name)
