"""The head of a message: who says they wrote it, to whom, and what is odd about how it says so."""

import codecs
import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Parsed
from email.utils import parsedate_to_datetime
from typing import Self

from vigie.domain.evidence.mail import Mailbox

_CHARSETS = """
ascii utf-8 utf-7 utf-16 utf-16-le utf-16-be utf-32 latin-1 raw-unicode-escape idna punycode
cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp866 cp874 cp932
iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10
iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman tis-620 big5 gbk gb2312
gb18030 hz shift-jis euc-jp iso2022-jp euc-kr iso2022-kr johab
"""
# Loaded now: the cell has no files to load them from. Another charset is read as UTF-8.
for _charset in _CHARSETS.split():
    with contextlib.suppress(LookupError):
        codecs.lookup(_charset)

_LONGEST = 1_000  # characters of a subject or a name
_MOST_BOXES = 500
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]{1,128}@[^\s<>()\[\]\",;:@]{1,253}")
_BRACKETED = re.compile(r"([^<]*)<([^<>]*)>?[^<>]*$")
_COMMENT = re.compile(r"\(([^()]*)\)")
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*\.?", re.ASCII)
_HOP = re.compile(r"from\s+([\w.-]{1,120})", re.IGNORECASE)
# Mass mailers write a List-Id as well: a discussion list is known by what its own software adds.
# How the parser keeps bytes that are no text; and half characters that stand for no byte.
_KEPT_ASIDE = re.compile("[\ud800-\udfff]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_LISTS = ("List-Post", "X-Mailing-List", "Mailing-List", "X-Mailman-Version", "X-BeenThere")
_BULK = frozenset({"list", "bulk"})
_PROGRAMS = ("X-Mailer", "User-Agent", "X-PHP-Originating-Script", "X-PHP-Script")
_ONCE = ("From", "Subject", "Date", "Message-ID", "Reply-To")

# Characters people do not see, inside words: joiners, marks of direction, tags, selectors.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the head of a message says."""

    sender: Mailbox
    subject: str
    identity: str
    date: datetime | None
    reply_to: tuple[Mailbox, ...]
    return_path: str
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    bcc: tuple[Mailbox, ...]
    from_list: bool
    answers: str
    program: str
    hops: tuple[str, ...]
    hidden: int
    defects: tuple[str, ...]

    @classmethod
    def of(cls, parsed: Parsed) -> Self:
        """Read the head of a parsed message."""
        senders = boxes(parsed, "From")
        sender = senders[0] if senders else Mailbox("")
        subject = one(parsed, "Subject")
        date = _date(parsed)
        raw = _raw(parsed, "From")
        answers = one(parsed, "In-Reply-To") or one(parsed, "References")[-_LONGEST:]
        return cls(
            sender=sender,
            subject=subject,
            identity=one(parsed, "Message-ID").strip("<> ")[:250],
            date=date,
            reply_to=boxes(parsed, "Reply-To"),
            return_path=next((box.address for box in boxes(parsed, "Return-Path")), ""),
            to=boxes(parsed, "To"),
            cc=boxes(parsed, "Cc"),
            bcc=boxes(parsed, "Bcc"),
            from_list=_from_list(parsed),
            answers=answers.split()[-1].strip("<>")[:250] if answers.split() else "",
            program=next((one(parsed, name) for name in _PROGRAMS if parsed.get(name)), "")[:120],
            hops=_hops(parsed),
            hidden=sum(len(INVISIBLE.findall(text)) for text in (subject, sender.name)),
            defects=tuple(_defects(parsed, senders, raw, date)),
        )


def _from_list(parsed: Parsed) -> bool:
    named = bool(parsed.get("List-Id")) and _raw(parsed, "Precedence").strip().lower() in _BULK
    return named or any(parsed.get(name) for name in _LISTS)


def one(parsed: Parsed, name: str) -> str:
    """Return the first header of that name, decoded, on one line; empty where there is none."""
    return " ".join(decoded(_raw(parsed, name)).split())[:_LONGEST]


def decoded(raw: str) -> str:
    """Return a raw header with its encoded words read. Never raise."""
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError, AssertionError):
        return clean(raw)
    read = []
    for piece, charset in pieces:
        read.append(piece if isinstance(piece, str) else text_of(piece, charset or "utf-8"))
    return clean("".join(read))


def text_of(untrusted: bytes, charset: str) -> str:
    """Return bytes as text: by the charset they claim, else UTF-8, else as Windows had it."""
    for name in (charset, "utf-8"):
        try:
            return untrusted.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return untrusted.decode("cp1252", "replace")


def clean(text: str) -> str:
    """Return a text that UTF-8 can say: raw bytes that the parser kept aside are read as such."""
    if not text.isascii() and _KEPT_ASIDE.search(text):
        text = (
            text_of(text.encode("utf-8", "surrogateescape"), "utf-8")
            if _escaped(text)
            else (text.encode("utf-8", "replace").decode())
        )
    return text.replace("\0", "")


def _escaped(text: str) -> bool:
    return _NO_BYTE.search(text) is None


def boxes(parsed: Parsed, name: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes of the headers of that name, as far as they can be made out."""
    found: dict[Mailbox, None] = {}
    for raw in _all(parsed, name):
        line = raw.replace("\n", " ").replace("\r", " ")[:20_000]
        for box in _mailboxes(line):
            found[box] = None
            if len(found) >= _MOST_BOXES:
                return tuple(found)
    return tuple(found)


def _mailboxes(line: str) -> Iterator[Mailbox]:
    """Yield mailboxes, forgiving what mail programs forgive: what they show is what counts."""
    for piece in _pieces(line):
        bracketed = _BRACKETED.match(piece)
        if bracketed and (address := _ADDRESS.search(bracketed[2])):
            name = bracketed[1]
        elif address := _ADDRESS.search(piece):
            name = piece.replace(address[0], " ")
            name = comment[1] if (comment := _COMMENT.search(name)) else name
        else:
            name = bracketed[1] if bracketed else piece
        shown = " ".join(decoded(name).split()).strip(" \"'<>,;_()")
        found = clean(address[0]).strip(".'\"").lower()[:320] if address else ""
        if found or shown:
            yield Mailbox(found, shown[:_LONGEST])


def _pieces(line: str) -> list[str]:
    """Return a list of addresses cut at its commas; one inside quotes, brackets or a name stays.

    `Doe, Jane <jane@example>` without quotes is one piece: what has no address belongs to the next.
    """
    if "," not in line and ";" not in line:
        return [line]
    pieces, start, quoted, bracket = [], 0, False, False
    for at, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter in "<>" and not quoted:
            bracket = letter == "<"
        elif letter in ",;" and not quoted and not bracket and "@" in line[start:at]:
            pieces.append(line[start:at])
            start = at + 1
    return [piece for piece in [*pieces, line[start:]] if piece.strip()]


def _defects(
    parsed: Parsed, senders: tuple[Mailbox, ...], raw: str, date: datetime | None
) -> Iterable[str]:
    yield from (
        f"several_{name.replace('-', '_').lower()}" for name in _ONCE if len(_all(parsed, name)) > 1
    )
    if not senders:
        yield "no_sender"
    elif not _DOMAIN.fullmatch(senders[0].domain) or "." not in senders[0].domain.strip("."):
        yield "sender_without_domain"
    if len({box.address for box in senders}) > 1:
        yield "several_senders"
    if re.search(r",\s*_?\s*<|<[^>]*<|>\s*,|\(<|^\s*\"[^\"]*\"?\s*$|@.*<[^@>]*>", raw) and senders:
        yield "sender_malformed"
    if date is None:
        yield "no_date" if not parsed.get("Date") else "bad_date"
    if not parsed.get("Message-ID"):
        yield "no_identity"
    if not (parsed.get("To") or parsed.get("Cc")):
        yield "no_recipient"
    if any(unicodedata.category(c) == "Cf" and "\u202a" <= c <= "\u202e" for c in decoded(raw)):
        yield "turned_name"


def _date(parsed: Parsed) -> datetime | None:
    try:
        date = parsedate_to_datetime(_raw(parsed, "Date")[:200])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _hops(parsed: Parsed) -> tuple[str, ...]:
    found = (_HOP.match(raw.strip()) for raw in _all(parsed, "Received")[:30])
    return tuple(hop[1].lower() for hop in found if hop)


def _raw(parsed: Parsed, name: str) -> str:
    return next(iter(_all(parsed, name)), "")


def _all(parsed: Parsed, name: str) -> list[str]:
    # `get_all` would wrap a header of strange bytes into an object; the raw text says more.
    wanted = name.lower()
    return [str(value) for key, value in parsed.raw_items() if key.lower() == wanted]
