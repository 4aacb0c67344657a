"""Dated lists on this machine: taken in from files, kept as they came, and their age said aloud."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from vigie.knowledge.network.products import Lists, exploited_in, releases_in

FOLDER = "network-data"  # in Vigie's home
_MOST_BYTES = 64 * 1024 * 1024
_KEV = "kev.json"


class NotAList(Exception):
    """The file is none of the lists that can be imported."""


def take_in(file: Path, folder: Path) -> tuple[str, int]:
    """Keep a file if it is one of the lists; return what it is (`kev`, `eol`) and its rows.

    Raise NotAList, or OSError where it cannot be read.
    """
    if file.stat().st_size > _MOST_BYTES:
        raise NotAList(file.name)
    content = file.read_bytes()
    try:
        table = json.loads(content)
        kind, rows = _what(file.stem, table)
    except (ValueError, RecursionError) as trouble:
        raise NotAList(file.name) from trouble
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    published = _published(table) or datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
    name = _KEV if kind == "kev" else f"eol-{file.stem[:60]}.json"
    kept = folder / name
    fresh = kept.with_suffix(".new")
    fresh.write_text(json.dumps({"name": file.stem, "published": str(published), "list": table}))
    fresh.replace(kept)
    return kind, rows


def lists(folder: Path) -> Lists:
    """Return every list that was taken in; a file that is broken counts as missing."""
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=2)
def _read(stamped: tuple[tuple[Path, int], ...]) -> Lists:
    found = Lists()
    for kept, _ in stamped:
        try:
            whole = json.loads(kept.read_bytes())
            published = date.fromisoformat(whole["published"])
            if kept.name == _KEV:
                found = replace(found, exploited=exploited_in(whole["list"]))
            else:
                more = releases_in(whole["name"], whole["list"])
                found = replace(found, releases=(*found.releases, *more))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        which = "kev" if kept.name == _KEV else "eol"
        oldest = min(published, found.dates.get(which, published))
        found = replace(found, dates={**found.dates, which: oldest})
    return found


def ages(known: Lists, today: date) -> Mapping[str, int | None]:
    """Return how many days old each list is, None for one that is missing."""
    return {
        which: (today - known.dates[which]).days if which in known.dates else None
        for which in ("eol", "kev")
    }


def _what(name: str, table: object) -> tuple[str, int]:
    if isinstance(table, dict) and "vulnerabilities" in table:
        return "kev", len(exploited_in(table))
    rows = releases_in(name, table)
    if not rows:
        raise ValueError("empty")
    return "eol", len(rows)


def _published(table: object) -> date | None:
    if not isinstance(table, dict):
        return None
    for key in ("dateReleased", "generated_at", "last_modified"):
        try:
            return date.fromisoformat(str(table[key])[:10])
        except (KeyError, ValueError):
            continue
    return None
