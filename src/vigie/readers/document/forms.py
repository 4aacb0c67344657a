"""What bytes are: by their beginning, and for texts by what stands in them."""

import re
import struct

from vigie.knowledge.file_names import ending_of

_STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"PK\3\4", "zip"),
    (0, b"PK\5\6", "zip"),
    (0, b"PK\7\x08PK\3\4", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"{\\rt", "rtf"),
    (0, b"\x7fELF", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"\xce\xfa\xed\xfe", "program"),
    (0, b"\xfe\xed\xfa\xce", "program"),
    (0, b"\xfe\xed\xfa\xcf", "program"),
    (0, b"\xca\xfe\xba\xbe", "program"),  # Java, or several processors at once
    (0, b"dex\n", "program"),
    (0, b"ITSF", "program"),  # compiled help runs scripts
    (0, b"FWS", "flash"),
    (0, b"CWS", "flash"),
    (0, b"ZWS", "flash"),
    (0, b"L\0\0\0\x01\x14\x02\0", "shortcut"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "notebook"),
    (0, b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c", "notebook"),  # a table of contents of one
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "seven_zip"),
    (0, b"MSCF", "cabinet"),
    (0, b"ISc(", "cabinet"),
    (0, b"\x1f\x8b", "stream"),
    (0, b"BZh", "stream"),
    (0, b"\xfd7zXZ\0", "stream"),
    (0, b"\x28\xb5\x2f\xfd", "stream"),
    (0, b"LZIP", "stream"),
    (0, b"\x1f\x9d", "stream"),
    (0, b"\x5d\0\0", "stream"),
    (257, b"ustar", "tar"),
    (2, b"-lh", "packed"),
    (2, b"-lz", "packed"),
    (0, b"xar!", "packed"),
    (0, b"!<arch>", "packed"),
    (0, b"070701", "packed"),
    (0, b"070702", "packed"),
    (0, b"070707", "packed"),
    (0, b"\xc7\x71", "packed"),
    (0, b"\x71\xc7", "packed"),
    (0, b"SZDD\x88\xf0", "unopened"),
    (0, b"KWAJ\x88\xf0", "unopened"),
    (0, b"\x60\xea", "unopened"),  # ARJ
    (7, b"**ACE**", "unopened"),
    (0, b"MSWIM\0\0\0", "unopened"),
    (0x8001, b"CD001", "iso"),
    (0x8801, b"CD001", "iso"),
    (0x8001, b"BEA01", "iso"),
    (0, b"conectix", "vhd"),
    (0, b"vhdxfile", "vhdx"),
    (0, b"KDMV", "image"),
    (0, b"# Disk DescriptorFile", "image"),
    (0, b"QFI\xfb", "image"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"\x89PNG\r\n\x1a\n", "picture"),
    (0, b"GIF87a", "picture"),
    (0, b"GIF89a", "picture"),
    (0, b"II*\0", "picture"),
    (0, b"MM\0*", "picture"),
    (0, b"RIFF", "media"),
    (0, b"BM", "picture"),
    (0, b"\0\0\1\0", "picture"),
    (0, b"\xd7\xcd\xc6\x9a", "picture"),
    (4, b"ftyp", "media"),
    (0, b"ID3", "media"),
    (0, b"OggS", "media"),
    (0, b"fLaC", "media"),
    (0, b"\x1aE\xdf\xa3", "media"),
    (128, b"DICM", "picture"),
    (0, b"SQLite format 3\0", "data"),
    (0, b"\x62\x70\x6c\x69\x73\x74\x30\x30", "plist"),
    (0, b"\x09\x08\x10\0", "biff"),
    (0, b"\x09\x08\x08\0", "biff"),
    (0, b"\x09\x04\x06\0", "biff"),
    (0, b"\x09\x02\x06\0", "biff"),
    (0, b"\x09\0\x04\0", "biff"),
)
HEAD = 0x9010

# Opened by a click, and run: what each is for is not asked.
READABLE = frozenset({"pdf", "ooxml", "odf", "ole", "rtf", "picture", "media", "text", "xml"})
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

_XML = re.compile(r"\s*(?:<\?xml|<!DOCTYPE\s+(?!html)|<!--)", re.IGNORECASE)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|form|iframe|meta\s|object|embed|base\s)",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:^|\n)(?:MIME-Version|Received|Message-ID|Content-Type|From|Return-Path):", re.IGNORECASE
)
_LETTER = re.compile(
    r"(?:From \S+ .*\r?\n)?(?:Return-Path|Received|MIME-Version|Message-ID|Delivered-To|From|To"
    r"|Subject|Date|X-[\w-]{1,40}|Content-Type): ",
    re.IGNORECASE,
)
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*ID;P", re.IGNORECASE), "sylk"),
    (re.compile(r"\s*TABLE\r?\n0,1\r?\n"), "table_text"),
    (re.compile(r"\s*WEB\r?\n\d", re.IGNORECASE), "query"),
    (re.compile(r"\s*\[(?:InternetShortcut|Desktop Entry)\]", re.IGNORECASE), "link_text"),
    (re.compile(r"\(This file must be converted with BinHex"), "unopened"),
    (re.compile(r"(?:[^\n]{0,200}\n){0,40}?begin(?:-base64)? [0-7]{3,4} \S"), "lettered"),
    (re.compile(r"\s*Windows Registry Editor|\s*REGEDIT4"), "registry"),
)


def form_of(untrusted: bytes, name: str) -> str:
    """Return the slug of what bytes are; the name decides only between kinds of text."""
    if not untrusted:
        return "empty"
    head = untrusted[:HEAD]
    if head[:2] in (b"MZ", b"ZM") and _is_program(head, len(untrusted)):
        return "program"
    for at, start, form in _STARTS:
        if head.startswith(start, at):
            return _archive(form, head)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if untrusted[-512:-504] == b"conectix":
        return "vhd"
    if untrusted[-512:-508] == b"koly":
        return "unopened"  # an image of a Mac's disk
    if _is_disk(head):
        return "disk"
    return _text(untrusted, name)


def _archive(form: str, head: bytes) -> str:
    if form == "stream" and head[:2] == b"BZ" and not head[3:4].isdigit():
        return "text"
    if form == "picture" and head[:2] == b"BM" and _printable(head[:64]):
        return "text"
    if form == "stream" and head[:1] == b"\x5d" and head[5:13].strip(b"\xff\0"):
        size = struct.unpack_from("<Q", head.ljust(13, b"\0"), 5)[0]
        return "stream" if size < 1 << 40 else "unknown"
    if form == "flash" and not 1 <= head[3] <= 50:
        return "unknown"
    return form


def _is_program(head: bytes, size: int) -> bool:
    if size < 64 or _printable(head[:64]):
        return False
    (at,) = struct.unpack_from("<I", head, 60)
    return head[at : at + 2] in (b"PE", b"NE", b"LE", b"LX") or b"\0" in head[2:64]


def _is_disk(head: bytes) -> bool:
    if head[510:512] != b"\x55\xaa":
        return False
    boot = head[0] in (0xEB, 0xE9) and struct.unpack_from("<H", head, 11)[0] in (
        512,
        1024,
        2048,
        4096,
    )
    partitions = all(head[at] in (0, 0x80) for at in range(446, 510, 16)) and any(
        head[at] for at in range(450, 510, 16)
    )
    return boot or partitions


def _printable(raw: bytes) -> bool:
    return not raw.translate(None, bytes({*range(0x20, 0x100), *b"\t\r\n\f\x1b"}))


def _text(untrusted: bytes, name: str) -> str:
    start = untrusted[:8192]
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        len(start) > 8 and ((set(start[1:32:2]) == {0}) != (set(start[0:32:2]) == {0}))
    )
    if not wide and len(start.translate(None, bytes({*range(0x20, 0x100), *b"\t\r\n\f\x1b"}))) > (
        len(start) // 50
    ):
        return "unknown"
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le"
    text = start.decode(encoding, "replace") if wide else start.decode("utf-8-sig", "replace")
    for pattern, form in _TEXTS:
        if pattern.match(text):
            return form
    ending = ending_of(name)
    lower = text.lower()
    if "<svg" in lower[:4096] and ending not in {"html", "htm"}:
        return "svg"
    if "mime-version:" in lower and ("multipart/related" in lower or ending in {"mht", "mhtml"}):
        return "mail"
    if _LETTER.match(text) and "\ncontent-type:" in lower:
        return "mail"
    if ending in {"eml", "mht", "mhtml"} and _MAIL.search(text):
        return "mail"
    if _XML.match(text) and "<html" not in lower[:2048]:
        return "xml"
    if ending in {"html", "htm", "xhtml", "shtml", "hta", "xht"} or _HTML.search(text):
        return "html" if not _quoted(ending) else "text"
    if re.match(r"\s*<[A-Za-z_?!]", text):
        return "xml"
    return "text"


def _quoted(ending: str) -> bool:
    """Return whether a text of this name only talks about pages."""
    return ending in {"txt", "md", "csv", "py", "js", "c", "h", "java", "rst", "log", "json", "css"}
