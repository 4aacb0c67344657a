"""Verify an extract of a journal, alone: this file needs Python 3.9 and nothing else of Vigie.

    python3 verify.py PACK.zip        an evidence pack
    python3 verify.py JOURNAL.jsonl   an extract of a journal, one row a line

A row's digest is SHA-256 over `number`, newline, `previous`, newline, `body` (UTF-8), where
`previous` is the digest of the row before. A row about a batch holds `seal`: SHA-256 over the lines
of `rows.tsv` that name the row, sorted as bytes and joined by newlines. A row about the register
holds the SHA-256 of that revision's content as JSON (sorted keys, no spaces). Exit status: 0 all
holds, 1 something does not, 2 the file cannot be read. Every evidence pack carries a copy of this.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from dataclasses import dataclass, field
from typing import Any

JOURNAL, ROWS, REGISTER, MANIFEST = "journal.jsonl", "rows.tsv", "register.jsonl", "manifest.json"


class Unreadable(ValueError):
    """The file is neither an evidence pack nor an extract."""


@dataclass
class Findings:
    """What was verified. `broken` is the first row that does not hold; `troubles` are sentences."""

    rows: int = 0
    first: int = 0
    last: int = 0
    before: str = ""  # the digest that the first row follows
    after: str = ""  # the digest of the last row
    sealed: int = 0  # rows of batches held against their seals
    broken: int | None = None
    troubles: list[str] = field(default_factory=list)


def verify(path: str) -> Findings:
    """Verify a pack or an extract. Raise OSError, Unreadable."""
    if zipfile.is_zipfile(path):
        return _pack(path)
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  (stands alone)
        return _chain(file.read())


def _pack(path: str) -> Findings:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if JOURNAL not in files or MANIFEST not in files:
        raise Unreadable("no journal or no manifest in the pack")
    found = _chain(files[JOURNAL].decode())
    found.troubles += _manifest(files)
    bodies = {row["number"]: json.loads(row["body"]) for row in _lines(files[JOURNAL].decode())}
    _seals(files.get(ROWS, b""), bodies, found)
    _register(files.get(REGISTER, b""), bodies, found)
    return found


def _chain(text: str) -> Findings:
    found = Findings()
    for row in _lines(text):
        number, previous = row["number"], row["previous"]
        if not found.rows:
            found.first, found.before = number, previous
            follows = True
        else:
            follows = number == found.last + 1 and previous == found.after
        bound = hashlib.sha256(f"{number}\n{previous}\n{row['body']}".encode()).hexdigest()
        if found.broken is None and not (follows and bound == row["digest"]):
            found.broken = number if follows else found.last + 1
            found.troubles.append(f"row {found.broken} is missing or was changed")
        found.rows, found.last, found.after = found.rows + 1, number, row["digest"]
    if not found.rows:
        raise Unreadable("no row of a journal in it")
    return found


def _manifest(files: dict[str, bytes]) -> list[str]:
    try:
        named = json.loads(files[MANIFEST])["files"]
        wanted = {name: told["sha256"] for name, told in named.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise Unreadable("the manifest cannot be read") from trouble
    troubles = [f"{name} is not in the pack" for name in sorted(wanted.keys() - files.keys())]
    for name in sorted(files.keys() - {MANIFEST}):
        if name not in wanted:
            troubles.append(f"{name} is not in the manifest")
        elif hashlib.sha256(files[name]).hexdigest() != wanted[name]:
            troubles.append(f"{name} was changed")
    return troubles


def _seals(text: bytes, bodies: dict[int, dict[str, Any]], found: Findings) -> None:
    told: dict[int, list[bytes]] = {}
    for line in text.splitlines():
        place, _, row = line.partition(b"\t")
        told.setdefault(int(place), []).append(row)
    sealed = {n: body["seal"] for n, body in bodies.items() if body.get("event") == "batch"}
    for number in sorted(sealed.keys() | told.keys()):
        joined = hashlib.sha256(b"\n".join(sorted(told.get(number, [])))).hexdigest()
        if joined != sealed.get(number):
            found.troubles.append(f"what row {number} seals was changed")
        found.sealed += len(told.get(number, []))


def _register(text: bytes, bodies: dict[int, dict[str, Any]], found: Findings) -> None:
    for told in _lines(text.decode(), ("entry", "content")):
        shape = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
        joined = json.dumps(told["content"], **shape)  # type: ignore[arg-type]
        digest = hashlib.sha256(joined.encode()).hexdigest()
        if bodies.get(told["entry"], {}).get("digest") != digest:
            found.troubles.append(f"the register of row {told['entry']} was changed")


def _lines(
    text: str, needed: tuple[str, ...] = ("number", "previous", "body", "digest")
) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    except ValueError as trouble:
        raise Unreadable("a line is no JSON") from trouble
    if any(not isinstance(row, dict) or not set(needed) <= row.keys() for row in rows):
        raise Unreadable("a line is no row")
    return rows


def main(arguments: list[str]) -> int:
    """Verify the files named, and say how it went."""
    worst = 0
    for path in arguments:
        try:
            found = verify(path)
        except (OSError, ValueError) as trouble:
            sys.stderr.write(f"{path}: {trouble}\n")
            worst = max(worst, 2)
            continue
        said = "; ".join(found.troubles) or "all holds"
        sys.stdout.write(f"{path}: rows {found.first} to {found.last}, {said}\n")
        worst = max(worst, 1 if found.troubles else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
