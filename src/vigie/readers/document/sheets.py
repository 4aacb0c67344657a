"""Spreadsheets: commands from before macros, DDE, queries; in Excel's records and in plain text."""

import re
import struct

from vigie.domain.evidence.documents import Act
from vigie.readers.document.walk import Part, Walk, text_of

_SHEET, _MACRO_SHEET = 0x85, 1
_NAME, _SUPBOOK, _EXTERN_NAME, _FORMULA = 0x18, 0x1AE, 0x23, 0x06
_AUTO = re.compile(rb"auto_?(?:open|close|activate|deactivate)", re.IGNORECASE)
_MOST_RECORDS = 500_000
# Functions of the old sheets that reach out, by their number in a formula ([MS-XLS] 2.5.198).
_CALLS = {
    0x96: "CALL",
    0x10A: "REGISTER.ID",
    0x6E: "EXEC",
    0x95: "REGISTER",
    0x35: "GOTO",
    0x36: "HALT",
}
_REACHING = frozenset({0x96, 0x6E, 0x95, 0x10A, 0x84, 0x8A, 0x6F})


def biff(walk: Walk, part: Part, stream: bytes) -> None:
    """Walk the records of a workbook: sheets of commands, names that run, links by DDE."""
    position = seen = 0
    commands = auto = calls = False
    while position + 4 <= len(stream) and seen < _MOST_RECORDS:
        kind, length = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + length]
        position += 4 + length
        seen += 1
        if kind == _SHEET and len(body) > 6 and body[5] == _MACRO_SHEET:
            commands = True
        elif kind in (0x09, 0x0209, 0x0409, 0x0809) and len(body) >= 4 and body[2:4] == b"\x40\0":
            commands = True  # a macro sheet's own beginning
        elif kind in (_NAME, 0x0218):
            # A name that Excel runs has a number instead of letters: 1 opens, 2 closes.
            built_in = len(body) > 15 and body[0] & 0x20 and body[14:16] in (b"\0\1", b"\0\2")
            auto = auto or bool(built_in) or bool(_AUTO.search(body))
        elif (
            kind == _EXTERN_NAME and len(body) > 6 and struct.unpack_from("<H", body)[0] & 0x10 == 0
        ):
            _external(walk, part, body)
        elif kind == _SUPBOOK and len(body) > 5:
            _source(walk, part, body)
        elif kind in (_FORMULA, 0x0206, 0x0406) and commands:
            calls = calls or _reaches(body)
    if commands:
        harmful = auto or calls
        walk.saw(Act.SHEET_COMMANDS_AT_OPENING if harmful else Act.SHEET_COMMANDS, part)


def _reaches(formula: bytes) -> bool:
    for at in range(20, len(formula) - 3):
        if formula[at] in (0x42, 0x22, 0x62):
            number = struct.unpack_from("<H", formula, at + 2)[0] & 0x7FFF
            if number in _REACHING:
                return True
    return False


def _external(walk: Walk, part: Part, body: bytes) -> None:
    """Look at an item of another program: its name is what is asked of it."""
    text = body[6:].decode("latin-1")
    if re.search(r"cmd|powershell|mshta|rundll|regsvr|/c\s|\.exe", text, re.IGNORECASE):
        walk.saw(Act.FIELD_COMMAND, part, text)


def _source(walk: Walk, part: Part, body: bytes) -> None:
    """Look at a source outside the workbook: a 3 in its path is a program spoken to by DDE."""
    wide = body[4] & 1 if len(body) > 4 else 0
    text = body[5:].decode("utf-16-le" if wide else "latin-1", "replace")
    if "\x03" in text:
        server, _, topic = text.partition("\x03")
        server = server.lstrip("\x01\x00")
        shown = f"{server}|{topic}"
        linked = re.match(r"(?:excel|winword|word|soffice)$", server, re.IGNORECASE)
        walk.saw(Act.FIELD_LINK if linked else Act.FIELD_COMMAND, part, shown)
    elif re.search(r"https?:", text):
        walk.saw(Act.FETCHES_NEARBY, part, text)


# A cell whose text is a formula, and the formula speaks to a program.
_HINT = re.compile(
    r"\|[^\n]{0,400}!|\bDDE(?:AUTO)?\s{0,8}\(|=\s{0,8}(?:WEBSERVICE|IMPORT\w{3,5}|IMAGE|EXEC|CALL|REGISTER"
    r"|HYPERLINK)\s{0,8}\(",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"[=+\-@]{1,8}\s{0,8}[^|!\n]{0,200}?([\w.\\:/-]{1,60}?)(?:\.exe)?\s{0,8}['\"]?\s{0,8}\|"
    r"|[=+\-@][^|\n]{0,40}\bDDE(?:AUTO)?\s{0,8}\(",
    re.IGNORECASE,
)
_FETCHING = re.compile(
    r"=\s{0,8}(?:WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED|IMAGE|EXEC|CALL|REGISTER)\s{0,8}\(",
    re.IGNORECASE,
)
_LINKED = re.compile(r"=\s{0,8}HYPERLINK\s{0,8}\([^\n]{0,200}&", re.IGNORECASE)
_MOST_LINES = 100_000


def table(walk: Walk, part: Part, text: str) -> None:
    """Look at a table in plain text: a cell that begins like a formula is one."""
    for line in text.splitlines()[:_MOST_LINES]:
        if not _HINT.search(line[:20_000]):
            continue
        for cell in re.split(r"[;,\t]", line[:20_000]):
            _cell(walk, part, cell.strip(" \"'"), line)


def _cell(walk: Walk, part: Part, cell: str, line: str) -> None:
    if cell[:1] not in "=+-@" or not cell:
        return
    if (found := _SPEAKS.match(cell)) and ("!" in line or not found[1]):
        ordinary = re.fullmatch(r"(?i)excel|winword|soffice", found[1] or "")
        walk.saw(Act.FIELD_LINK if ordinary else Act.FIELD_COMMAND, part, cell)
    elif found := _FETCHING.match(cell):
        reaching = re.search(r"(?i)exec|call|register", found[0])
        walk.saw(Act.FIELD_COMMAND if reaching else Act.FETCHES, part, cell)
    elif _LINKED.match(cell):
        walk.saw(Act.PAGE_SENDS_AWAY, part, cell)


_SYLK_COMMANDS = re.compile(
    r"(?m)^(?:O;[^\r\n]*\bE|NN;N[^\r\n]*Auto_?(?:open|close))", re.IGNORECASE
)
_SYLK_REACHES = re.compile(r";E[^\r\n]*\b(?:EXEC|CALL|REGISTER|RUN|FOPEN|HALT)\s*\(", re.IGNORECASE)


def sylk(walk: Walk, part: Part) -> None:
    """Look at a SYLK file: Excel opens it, and its commands run as in the old sheets."""
    text = text_of(part.untrusted)
    if _SYLK_REACHES.search(text) or _SYLK_COMMANDS.search(text):
        walk.saw(Act.SHEET_COMMANDS_AT_OPENING, part)
    elif re.search(r";E[^\r\n]*\|[^\r\n]*!", text):
        walk.saw(Act.FIELD_COMMAND, part)
    cells = "\n".join(re.findall(r";[KE]\"?([^;\r\n]*)", text))
    table(walk, part, cells)


def query(walk: Walk, part: Part) -> None:
    """Look at a web query: a few lines that make Excel load a page, and run what it answers."""
    text = text_of(part.untrusted)
    found = re.search(r"(?:https?|file|ftp)://\S{1,300}|\\\\\S{1,300}", text)
    walk.saw(Act.FETCHES, part, found[0] if found else "")
