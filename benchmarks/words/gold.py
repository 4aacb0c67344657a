"""Posts with their gold marks: read from text with marks inside, and measured against."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vigie.domain.evidence.writing import Mark
from vigie.knowledge.writing import FEWEST, crowd, masked, search

_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")
# Families that are counted together: a birth date is a date, a street and its town are places.
FAMILY = {
    "birth_date": "date",
    "postcode": "address",
    "nir": "number",
    "avs": "number",
    "niss": "number",
    "matricule": "number",
    "rpps": "number",
    "adeli": "number",
    "finess": "number",
    "record": "number",
    "siret": "number",
    "iban": "number",
    "card": "number",
    "plate": "number",
    "url": "link",
    "account": "link",
}
# Not everybody's gold has these: they are told apart from the total.
ASIDE = frozenset({"facility", "region", "profession", "disease", "event", "link"})


@dataclass(frozen=True)
class Post:
    """One post: its text, what identifies (start, end, family), and what it is for."""

    text: str
    gold: tuple[tuple[int, int, str], ...]
    flags: frozenset[str]


@dataclass
class Tally:
    """Counts over posts."""

    hit: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    marked: int = 0
    stopped: int = 0
    harmless: int = 0
    combined: int = 0
    combinations: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def family(kind: str) -> str:
    """Return the family a kind is counted in."""
    return FAMILY.get(kind, kind)


def posts(file: Path) -> list[Post]:
    """Return the posts of a file."""
    return list(_read(file.read_text("utf-8")))


def lines(file: Path) -> list[Post]:
    """Return the posts of a file with one on each line; a harmless one begins with a dash."""
    rows = [row for row in file.read_text("utf-8").splitlines() if row and row[0] != "#"]
    return [
        post(row.removeprefix("- "), frozenset({"harmless" if row.startswith("- ") else "names"}))
        for row in rows
    ]


def _read(text: str) -> Iterator[Post]:
    for part in re.split(r"(?m)^=== *", text)[1:]:
        flags, _, body = part.partition("\n")
        yield post(body.strip("\n"), frozenset(flags.split()))


def post(body: str, flags: frozenset[str]) -> Post:
    """Return a post for a text with marks inside."""
    pieces: list[str] = []
    gold: list[tuple[int, int, str]] = []
    at = length = 0
    for found in _MARK.finditer(body):
        pieces.append(body[at : found.start()])
        length += found.start() - at
        gold.append((length, length + len(found[2]), family(found[1])))
        pieces.append(found[2])
        length += len(found[2])
        at = found.end()
    pieces.append(body[at:])
    return Post("".join(pieces), tuple(gold), flags)


STOPPING = frozenset({"name", "address", "number", "phone", "mail"})


def measure(all_posts: Sequence[Post]) -> Tally:
    """Return how the rules do on posts. A mark counts when it overlaps one of its family."""
    tally = Tally()
    for one in all_posts:
        marks = search(one.text)
        _marks(one, marks, tally)
        _whole(one, marks, tally)
    return tally


def _marks(one: Post, marks: Sequence[Mark], tally: Tally) -> None:
    said = [(m.start, m.end, family(m.kind.value)) for m in marks]
    for start, end, kind in one.gold:
        tally.gold[kind] += 1
        near = {"address", "town"} if kind in {"address", "town"} else {kind}
        same = [(s, e) for s, e, k in said if k in near and s < end and start < e]
        covered = sum(min(e, end) - max(s, start) for s, e in same)
        if covered >= 0.6 * (end - start):
            tally.hit[kind] += 1
        else:
            tally.missed.append(
                f"{kind}: {one.text[start:end]!r} in …{one.text[max(0, start - 30) : end + 20]!r}"
            )
    for start, end, kind in said:
        tally.said[kind] += 1
        near = {"address", "town", "facility"} if kind in {"address", "town"} else {kind}
        if any(s < end and start < e and k in near for s, e, k in one.gold):
            tally.right[kind] += 1
        elif kind not in ASIDE:
            tally.wrong.append(
                f"{kind}: {one.text[start:end]!r} in …{one.text[max(0, start - 30) : end + 20]!r}"
            )


def _whole(one: Post, marks: Sequence[Mark], tally: Tally) -> None:
    few = crowd(marks)
    alarm = few is not None and few < FEWEST
    sensitive = [g for g in one.gold if g[2] not in ASIDE]
    if sensitive:
        tally.marked += 1
        copy = masked(one.text, marks)
        left = [
            one.text[s:e]
            for s, e, k in sensitive
            if re.search(rf"(?<!\w){re.escape(one.text[s:e])}(?!\w)", copy)
        ]
        tally.clean += not left
        tally.left += [f"{t!r} left in {copy[:300]!r}" for t in left]
    if "harmless" in one.flags:
        tally.harmless += 1
        stopping = [m for m in marks if family(m.kind.value) in STOPPING and not m.signs]
        if stopping or alarm:
            tally.stopped += 1
            tally.flagged.append(one.text[:200])
    if "combination" in one.flags:
        tally.combinations += 1
        tally.combined += alarm
        if not alarm:
            tally.unseen.append(f"{few} {one.text[:200]}")


def table(title: str, tally: Tally) -> str:
    """Return the figures as lines of text."""
    lines = [f"## {title}"]
    kinds = [k for k in tally.gold if k not in ASIDE]
    for kind in sorted({*tally.gold, *tally.said}):
        recall = tally.hit[kind] / tally.gold[kind] if tally.gold[kind] else float("nan")
        precision = tally.right[kind] / tally.said[kind] if tally.said[kind] else float("nan")
        lines.append(
            f"{kind:12} recall {recall:.3f} ({tally.hit[kind]}/{tally.gold[kind]})"
            f"  precision {precision:.3f} ({tally.right[kind]}/{tally.said[kind]})"
        )
    hit, gold = sum(tally.hit[k] for k in kinds), sum(tally.gold[k] for k in kinds)
    right = sum(n for k, n in tally.right.items() if k not in ASIDE)
    said = sum(n for k, n in tally.said.items() if k not in ASIDE)
    if gold and said:
        recall, precision = hit / gold, right / said
        score = 2 * recall * precision / (recall + precision)
        lines.append(f"ALL          recall {recall:.3f}  precision {precision:.3f}  F1 {score:.3f}")
    if tally.marked:
        lines.append(
            f"nothing left {tally.clean}/{tally.marked} = {tally.clean / tally.marked:.3f}"
        )
    if tally.harmless:
        lines.append(f"harmless stopped {tally.stopped}/{tally.harmless}")
    if tally.combinations:
        lines.append(f"combinations found {tally.combined}/{tally.combinations}")
    return "\n".join(lines)
