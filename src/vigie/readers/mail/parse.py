"""One message's bytes to what it says: what runs in the cell. Bounded everywhere."""

import binascii
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from email import policy
from email.message import EmailMessage
from email.message import Message as Parsed
from email.parser import BytesParser

import msgspec

from vigie.domain.evidence.mail import Attachment, Link, Message
from vigie.knowledge.words_for_locks import said
from vigie.readers.document import rules, specimens
from vigie.readers.mail.attached import Attached, attached
from vigie.readers.mail.body import Body, Reading
from vigie.readers.mail.heading import Heading, decoded
from vigie.readers.mail.trust import authentications, judged_spam

MOST_PARTS = 400  # of a message; a long thread forwarded as attachments has some dozens
DEEPEST = 24
_MOST_ATTACHMENTS = 64
_MOST_LINKS = 300
_MOST_HEADERS = 256 * 1024  # bytes
_LONGEST = 12 * 1024 * 1024  # bytes of what is not base64: a thousand pages of letters
# Long runs of base64 are taken out before the parser, which reads line by line, sees them.
_LARGE = 256 * 1024
_RUN = re.compile(
    rb"(?:[A-Za-z0-9+/]{40,200}={0,2}\r?\n){64,}(?:[A-Za-z0-9+/]{1,200}={0,2}\r?\n?)?"
)
_TOKEN = re.compile(rb"vigie-run-(\d+)")

_WARMING = 4  # readings after which another makes the next one no cheaper
_PAGE = """<html><head><style>p { color: red }</style><title>R</title></head><body>
<p style="color:#fff;font-size:1px">Bonjour <a href="https://labo.example/r?id=1">
https://labo.example</a></p><img src="https://labo.example/logo.png" alt="Logo">
<table><tr><td>1</td></tr></table></body></html>"""

_POLICY = policy.compat32
_PARSER = BytesParser(policy=_POLICY)
_ENCODER = msgspec.json.Encoder()
prepare = rules.prepare  # what a cell of this reader may be prepared with


def warm_up() -> None:
    """Read letters of our own, before any other's (see `document.specimens`)."""
    papers = list(specimens.papers())
    letters = [bytes(_letter(papers)), bytes(_letter(()))]
    for _ in range(_WARMING):
        for letter in letters:
            _ENCODER.encode(parse(letter))


def _letter(papers: Iterable[tuple[str, bytes]]) -> EmailMessage:
    letter = EmailMessage()
    letter["Return-Path"] = "<claire@cabinet.example>"
    letter["Received"] = (
        "from cabinet.example (cabinet.example [192.0.2.1]) by mx.example with ESMTPS id 1;"
        " Thu, 26 Nov 2026 10:00:00 +0100"
    )
    letter["Authentication-Results"] = (
        "mx.example; spf=pass smtp.mailfrom=cabinet.example; dkim=pass header.d=cabinet.example;"
        " dmarc=pass header.from=cabinet.example"
    )
    letter["From"] = "Claire Lefèvre <claire@cabinet.example>"
    letter["To"] = "Laboratoire <accueil@labo.example>, paul@labo.example"
    letter["Cc"] = "Jeanne <jeanne@labo.example>"
    letter["Reply-To"] = "accueil@cabinet.example"
    letter["Subject"] = "Résultats du 26"
    letter["Date"] = "Thu, 26 Nov 2026 10:00:00 +0100"
    letter["Message-ID"] = "<specimen@cabinet.example>"
    letter["X-Mailer"] = "Vigie"
    letter.set_content("Bonjour, les résultats sont sur https://labo.example/r?id=1. Merci.\n" * 9)
    letter.add_alternative(_PAGE, subtype="html")
    for name, content in papers:
        letter.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return letter


def read(descriptor: int, *, frugal: bool) -> str:
    """Return what the open file says as a message, as JSON; `frugal` leaves attachments unread."""
    size = os.fstat(descriptor).st_size
    pieces: list[bytes] = []
    while piece := os.pread(descriptor, 1 << 24, sum(len(read) for read in pieces)):
        pieces.append(piece)
    untrusted = b"".join(pieces) if len(pieces) != 1 else pieces[0]
    del pieces
    return _ENCODER.encode(parse(untrusted[:size], frugal=frugal)).decode()


def parse(untrusted: bytes, *, frugal: bool = False) -> Message:
    """Return what the bytes of one message say. Raise nothing but for want of memory or depth."""
    digest, size = hashlib.sha256(untrusted).hexdigest(), len(untrusted)
    skeleton, runs = _without_runs(_mended(untrusted))
    parsed = _PARSER.parsebytes(skeleton[:_LONGEST])
    heading = Heading.of(parsed)
    body, attachments, links, defects = _content(parsed, runs, frugal=frugal)
    links = [*body.links, *links][:_MOST_LINKS]
    if len(skeleton) > _LONGEST:
        defects.append("cut_short")
    return Message(
        digest=digest,
        size=size,
        sender=heading.sender,
        identity=heading.identity,
        date=heading.date,
        subject=heading.subject,
        text=body.text,
        reply_to=heading.reply_to,
        return_path=heading.return_path,
        to=heading.to,
        cc=heading.cc,
        links=tuple(links),
        attachments=tuple(attachments),
        authentications=authentications(parsed),
        judged_spam=judged_spam(parsed),
        bcc=heading.bcc,
        from_list=heading.from_list,
        answers=heading.answers,
        defects=tuple(dict.fromkeys([*heading.defects, *body.defects, *defects])),
        layout=body.layout(heading.hidden),
        program=heading.program,
        hops=heading.hops,
    )


def _mended(untrusted: bytes) -> bytes:
    """Drop what mailboxes put before a message, and cut headers that are longer than any real."""
    if untrusted.startswith((b"From ", b">From ")):
        untrusted = untrusted[untrusted.find(b"\n") + 1 :]
    untrusted = untrusted.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    ends = [found for mark in (b"\n\n", b"\n\r\n", b"\r\r") if (found := untrusted.find(mark)) >= 0]
    end = min(ends, default=len(untrusted))
    if end > _MOST_HEADERS:
        untrusted = untrusted[:_MOST_HEADERS] + b"\n" + untrusted[end:]
    return untrusted


_MARKED = re.compile(rb"encoding:\s*base64", re.IGNORECASE)


def _without_runs(untrusted: bytes) -> tuple[bytes, list[bytes]]:
    """Return the message with each long run of base64 replaced by a token, and the runs."""
    runs: list[bytes] = []
    if len(untrusted) < _LARGE or not _MARKED.search(untrusted):
        return untrusted, runs

    def keep(found: re.Match[bytes]) -> bytes:
        runs.append(found[0])
        return b"vigie-run-%d\n" % (len(runs) - 1)

    return _RUN.sub(keep, untrusted), runs


def _content(
    parsed: Parsed, runs: list[bytes], *, frugal: bool
) -> tuple[Body, list[Attachment], list[Link], list[str]]:
    reading, defects = Reading(), []
    attachments: list[Attachment] = []
    links: list[Link] = []
    budget = Attached(work=0 if frugal else Attached.work)
    waiting: list[tuple[str, str, bytes]] = []
    for number, (part, depth) in enumerate(_parts(parsed)):
        if number >= MOST_PARTS or depth > DEEPEST:
            defects.append("too_many_parts")
            break
        defects += [_slug(defect) for defect in part.defects[:4]]
        kind, name = part.get_content_type(), _name(part)
        if _is_text(part, kind, name) and reading.wants(kind):
            reading.add(kind, _payload(part, runs), _charset(part))
        elif len(waiting) < _MOST_ATTACHMENTS:
            waiting.append((name, kind, _payload(part, runs)))
        else:
            defects.append("too_many_attachments")
            break
    body = reading.body()
    budget.passwords = said(body.text)  # the words come first, whatever the order of the parts
    for name, kind, untrusted in waiting:
        found, inner = attached(name, kind, untrusted, budget)
        attachments.append(found)
        links += inner
    return body, attachments, links, defects


def attached_bytes(untrusted: bytes) -> Iterator[bytes]:
    """Yield the decoded bytes of each part of a message that may be an attachment, in order."""
    skeleton, runs = _without_runs(_mended(untrusted))
    parsed = _PARSER.parsebytes(skeleton[:_LONGEST])
    for number, (part, depth) in enumerate(_parts(parsed)):
        if number >= MOST_PARTS or depth > DEEPEST:
            return
        yield _payload(part, runs)


def _parts(parsed: Parsed) -> Iterator[tuple[Parsed, int]]:
    """Yield the leaves of a message with their depth; a message inside a message is walked too."""
    waiting = [(parsed, 0)]
    while waiting:
        part, depth = waiting.pop()
        # Asked first: a leaf's payload would be decoded here, by whatever charset it claims.
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list) and depth <= DEEPEST:
            inners = [inner for inner in payload[: MOST_PARTS + 1] if isinstance(inner, Parsed)]
            waiting += [(inner, depth + 1) for inner in reversed(inners)]
        else:
            yield part, depth


def _is_text(part: Parsed, kind: str, name: str) -> bool:
    if not kind.startswith("text/") or kind not in {"text/plain", "text/html"}:
        return False
    disposition = str(part.get("Content-Disposition", "")).lower().lstrip()
    return not disposition.startswith("attachment") and (not name or kind == "text/plain")


def _payload(part: Parsed, runs: list[bytes]) -> bytes:
    if part.is_multipart():
        return b""  # deeper than anybody nests
    try:
        return _decoded(part, runs)
    except (LookupError, ValueError, TypeError, AttributeError):
        # A charset that is no charset of texts (`idna`), or parameters whose numbers are missing
        # (`charset*=a; charset*0=b`): the library trips over them.
        del part["Content-Type"]
        return _decoded(part, runs)


def _decoded(part: Parsed, runs: list[bytes]) -> bytes:
    raw = part.get_payload(decode=False)
    untrusted = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""
    if runs and b"vigie-run-" in untrusted:
        untrusted = _TOKEN.sub(lambda found: _run(runs, int(found[1])), untrusted)
        part.set_payload(untrusted.decode("ascii", "surrogateescape"))
    try:
        decoded = part.get_payload(decode=True)
    except (AssertionError, binascii.Error):
        return untrusted
    return decoded if isinstance(decoded, bytes) else untrusted


def _run(runs: list[bytes], number: int) -> bytes:
    return runs[number] if number < len(runs) else b""


def _charset(part: Parsed) -> str:
    try:
        return part.get_content_charset() or ""
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""


def _name(part: Parsed) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        name = ""
    return decoded(name)[:255]


def _slug(defect: object) -> str:
    """Return `MissingHeaderBodySeparatorDefect` as `missing_header_body_separator`."""
    words = re.findall(r"[A-Z][a-z]+", type(defect).__name__.removesuffix("Defect"))
    return "_".join(words).lower() or "odd"
