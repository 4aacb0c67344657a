"""One doubt judged: the same readers, guards and policy as everywhere, asked by a person.

Untrusted bytes are read in cells. Nothing is put aside and nothing is reported from here: who asks
gets an answer, and what the thing was stays in the memory of this machine until it is forgotten.
"""

import hashlib
import re
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.reported import reported_in
from vigie.domain.danger import Danger
from vigie.domain.evidence.mail import Message
from vigie.domain.evidence.pictures import Photo, PhotoOffered
from vigie.domain.evidence.writing import Mark, TextOffered
from vigie.domain.finding import Finding, Gravity
from vigie.guards import guards
from vigie.guards.patient_disclosure.guard import judge as judge_text
from vigie.knowledge import domains
from vigie.knowledge.patients.book import unpacked
from vigie.knowledge.relied_on import markable
from vigie.knowledge.writing import crowd, masked
from vigie.policy.orders import decide
from vigie.readers.mail.reader import MailReader
from vigie.readers.picture.reader import PictureReader
from vigie.readers.writing.letters import decoded
from vigie.readers.writing.reader import WritingReader
from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.photos.preparing import Prepared, prepare
from vigie.sensors.people import arrived
from vigie.tools import clamd
from vigie.tools.contacts import Contacts
from vigie.tools.patients import kept
from vigie.watch.patrol import Patrol
from vigie.wire.advice import MOST_MARKS, Kind

CONTACTS, BOOK, RULES = "contacts.sqlite", "patients.book", "rules"  # in Vigie's home
_HEAD = 65_536
_FIELD = re.compile(
    rb"(?i)^(from |(return-path|received|delivered-to|from|date|message-id|mime-version|subject"
    rb"|to|x-[a-z-]+|authentication-results|dkim-signature|arc-[a-z-]+):)"
)
_SENDER = re.compile(rb"(?im)^from:.")
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftyphevc")
_PLAIN = (".txt", ".md", ".text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What somebody showed. `pasted`: a text from the text box, whatever it looks like."""

    name: str
    untrusted: bytes
    pasted: bool = False

    @property
    def kind(self) -> Kind:
        """Return what it seems to be, by its bytes first."""
        raw = self.untrusted
        if self.name.lower().endswith(".eml") or (
            _FIELD.match(raw.lstrip()[:200]) and _SENDER.search(raw[:_HEAD])
        ):
            return Kind.MAIL
        if self.pasted:
            return Kind.TEXT
        picture = raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8"))
        webp = raw.startswith(b"RIFF") and raw[8:12] == b"WEBP"
        return Kind.PHOTO if picture or webp or raw[4:12] in _HEIF else Kind.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one thing. `light`: NOTE is green, CONCERN orange, ALARM red.

    `said` names the sentence of the pane's words, `clues` fill it. `marks`, `sender` and `hosts`
    are all that a question about it may carry. `text` is the masked text, `photo` the photo's
    spots, with its upright `pixels` and its `copy`.
    """

    kind: Kind
    danger: Danger
    light: Gravity
    said: str
    clues: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[tuple[Danger, Finding]] = ()
    seconds: float = 0.0
    digests: tuple[str, ...] = ()
    sender: str | None = None
    hosts: tuple[str, ...] = ()
    text: str = ""
    photo: Photo | None = None
    pixels: bytes = b""
    copy: bytes = b""
    left: int = 0


class Judges:
    """Who looks at what people show. `home` is Vigie's, `known_bad` the digests refused here."""

    def __init__(self, home: Path, machine: str, known_bad: Container[str]) -> None:
        self._home, self._machine, self._known_bad = home, machine, known_bad

    def look(self, thing: Thing) -> Seen:
        """Return the answer about one thing. Never raise for the thing's sake."""
        begun = time.monotonic()
        seen = {
            Kind.MAIL: self._mail,
            Kind.PHOTO: self._photo,
            Kind.TEXT: self._text,
            Kind.FILE: self._file,
        }[thing.kind](thing)
        return replace(seen, seconds=time.monotonic() - begun)

    def checker(self) -> DocumentChecker:
        """Return a judge of files, to be closed after use."""
        rules = self._home / RULES
        return DocumentChecker(
            machine=self._machine,
            cells=1,
            rules=rules if rules.is_dir() else None,
            scanner=clamd.found(),
        )

    def letter(self, content: bytes) -> Message:
        """Return what a message says, read in a cell."""
        with MailReader(cells=1) as reader:
            return reader.read(content)

    def _mail(self, thing: Thing) -> Seen:
        message = self.letter(thing.untrusted)
        with Contacts(self._home / CONTACTS) as contacts:
            mail = arrived(
                message, contacts, at=datetime.now(UTC), machine=self._machine, place=thing.name
            )
        mail = replace(mail, reported=reported_in(message, self._known_bad))
        verdicts = Patrol(guards(), decide).step(mail)
        findings = [(v.danger, f) for v in verdicts for f in v.findings]
        digests = tuple(a.digest for a in message.attachments if a.digest)[:MOST_MARKS]
        hosts = [domains.site(domains.host_of(link.target)) for link in message.links]
        sender = domains.site(message.sender.domain)
        known = any(digest in self._known_bad for digest in digests)
        light = Gravity.ALARM if known else _gravest(findings)
        clues = _clues(findings)
        claims = light is Gravity.ALARM and {"claimed", "came_from"} <= clues.keys()
        unread = any(defect.startswith("reader_") for defect in message.defects)
        return Seen(
            kind=Kind.MAIL,
            danger=next((danger for danger, _ in findings), Danger.IMPERSONATION),
            light=light,
            said="unread" if unread else "claims" if claims else _LIGHTS[light],
            clues=clues,
            findings=findings,
            digests=digests,
            sender=sender if markable(sender) else None,
            hosts=tuple(dict.fromkeys(h for h in hosts if markable(h)))[:MOST_MARKS],
        )

    def _file(self, thing: Thing) -> Seen:
        with self.checker() as checker:
            checked = checker.check_bytes(thing.untrusted, thing.name)
        digest = hashlib.sha256(thing.untrusted).hexdigest()
        light = Gravity.ALARM if digest in self._known_bad else checked.light
        if light is Gravity.NOTE and thing.name.lower().endswith(_PLAIN):
            return self._text(thing)
        return Seen(
            kind=Kind.FILE,
            danger=Danger.TROJAN_DOCUMENT,
            light=light,
            said=_LIGHTS[light],
            findings=[(Danger.TROJAN_DOCUMENT, finding) for finding in checked.findings],
            digests=(digest,),
        )

    def _photo(self, thing: Thing) -> Seen:
        with PictureReader() as reader:
            looks = _Keeping(reader)
            made = prepare(looks, thing.untrusted)
        findings = [(Danger.PHOTO_LEAK, finding) for finding in self._photographed(thing, made)]
        places = len(made.photo.spots)
        said = ("red", "one")[places == 1] if places else "green"
        return Seen(
            kind=Kind.PHOTO,
            danger=Danger.PHOTO_LEAK,
            light=_gravest(findings),
            said=said if made.photo.shows else "unread",
            clues={"places": str(places)},
            findings=findings,
            photo=made.photo,
            pixels=looks.pixels,
            copy=made.copy,
            left=made.left,
        )

    def _photographed(self, thing: Thing, made: Prepared) -> list[Finding]:
        offered = PhotoOffered(
            at=datetime.now(UTC),
            machine=self._machine,
            photo=made.photo,
            handle=hashlib.sha256(thing.untrusted).hexdigest(),
            name=thing.name,
            left=made.left,
        )
        verdicts = Patrol(guards(), decide).step(offered)
        return [finding for verdict in verdicts for finding in verdict.findings]

    def _text(self, thing: Thing) -> Seen:
        content = self._patients()
        with WritingReader(book=unpacked(content) if content else None) as reader:
            reading = reader.read(thing.untrusted)
        marks: tuple[Mark, ...] = reading.marks
        offered = TextOffered(
            at=datetime.now(UTC),
            machine=self._machine,
            marks=marks,
            crowd=crowd(marks),
            unread=reading.unread,
            place=thing.name,
        )
        findings = [(Danger.PATIENT_DISCLOSURE, f) for f in judge_text([offered])]
        light = _gravest(findings)
        shown = "green" if light is Gravity.NOTE else "red"
        return Seen(
            kind=Kind.TEXT,
            danger=Danger.PATIENT_DISCLOSURE,
            light=light,
            said="unread" if reading.unread else shown,
            findings=findings,
            text="" if reading.unread else masked(decoded(thing.untrusted), marks),
        )

    def _patients(self) -> bytes | None:
        try:
            return kept(self._home / BOOK)
        except (OSError, ValueError):
            return None


_LIGHTS = {Gravity.NOTE: "green", Gravity.CONCERN: "orange", Gravity.ALARM: "red"}


def _gravest(findings: Sequence[tuple[Danger, Finding]]) -> Gravity:
    return max((f.gravity for _, f in findings), key=lambda g: g.rank, default=Gravity.NOTE)


def _clues(findings: Sequence[tuple[Danger, Finding]]) -> dict[str, str]:
    """Return what the findings say of the sender, the first that says it."""
    found: dict[str, str] = {}
    for _, finding in findings:
        for key in ("claimed", "came_from"):
            if finding.clues.get(key):
                found.setdefault(key, finding.clues[key])
    return found


class _Keeping:
    """A reader of pictures that keeps the pixels it gave: the boxes are drawn on them later."""

    def __init__(self, reader: PictureReader) -> None:
        self._reader = reader
        self.pixels = b""

    def look(self, untrusted: bytes, *, again: bool = False) -> Photo:
        """Return what a photo shows."""
        return self._reader.look(untrusted, again=again)

    def look_and_take(self, untrusted: bytes) -> tuple[Photo, bytes]:
        """Return what a photo shows, and its pixels."""
        photo, self.pixels = self._reader.look_and_take(untrusted)
        return photo, self.pixels

    def close(self) -> None:
        """Leave the reader to whoever opened it."""
