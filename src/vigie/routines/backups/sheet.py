"""The recovery sheet: one A4 page that opens the backups without this machine and without Vigie."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from reportlab.lib.units import mm

from vigie.domain.practice import Language
from vigie.routines.paper import SOFT, Page, day_of, keep_private, said

SHOWN = 4  # places named on the page; more are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on the page. `locations` are written as restic takes them."""

    practice: str
    caretaker: str
    paper_key: str
    locations: Sequence[str]
    made: date
    language: Language = Language.FR


def write_sheet(sheet: Sheet, out: Path) -> None:
    """Write the page to `out`, fsynced, for its owner's eyes alone. Raise OSError if it fails."""
    keep_private(out, draw(sheet))


def draw(sheet: Sheet) -> bytes:
    """Return the page as PDF."""
    words = _words(sheet.language)
    date_ = day_of(sheet.made, words)
    page = Page(words["title"], words["for"].format(practice=said(sheet.practice), date=date_))
    page.say(words["intro"], gap=5 * mm)
    groups = sheet.paper_key.split("-")
    half = (len(groups) + 1) // 2
    rows = "-".join(groups[:half]) + "-", "-".join(groups[half:])
    page.boxed_key(words["key"], rows, words["key_note"], code=sheet.paper_key)
    page.heading(words["where"], gap=8 * mm)
    for location in sheet.locations[:SHOWN]:
        page.say(said(location), gap=1 * mm, fontName="Courier", fontSize=10, leading=13,
                 splitLongWords=1)  # fmt: skip
    if (more := len(sheet.locations) - SHOWN) > 0:
        page.say(words["more"].format(count=more), gap=1 * mm, textColor=SOFT)
    page.heading(words["how"])
    page.steps([words[f"step{number}"] for number in _STEPS], _commands(sheet, words))
    caretaker = words["caretaker"].format(caretaker=said(sheet.caretaker))
    page.foot(caretaker if sheet.caretaker else "", to_fill_in=words["sealed"])
    return page.pdf()


_STEPS = range(1, 6)


def _commands(sheet: Sheet, words: Mapping[str, str]) -> Mapping[int, str]:
    location = sheet.locations[0] if sheet.locations else ""
    quoted = f"'{location}'" if any(sign in location for sign in " ()&;'") else location
    return {
        number: said(words[f"command{number}"].format(location=quoted))
        for number in _STEPS
        if f"command{number}" in words
    }


def _words(language: Language) -> Mapping[str, str]:
    text = (resources.files(__package__) / "sheet.toml").read_text("utf-8")
    table: Mapping[str, str] = tomllib.loads(text)[language.value]
    return table
