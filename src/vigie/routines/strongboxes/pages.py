"""Two pages about the strongbox: one for the envelope, one for the wall."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from reportlab.lib.units import mm

from vigie.domain.practice import Language
from vigie.routines.paper import Page, day_of, said


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencySheet:
    """What stands on the page for the envelope."""

    practice: str
    passphrase: str
    place: str
    made: date
    language: Language = Language.FR


def emergency_sheet(sheet: EmergencySheet) -> bytes:
    """Return the page with the passphrase, as PDF."""
    words = _words(sheet.language)
    date_ = day_of(sheet.made, words)
    page = Page(words["title"], words["for"].format(practice=said(sheet.practice), date=date_))
    page.say(words["intro"], gap=5 * mm)
    page.boxed_key(words["key"], _rows(sheet.passphrase), words["key_note"], code=sheet.passphrase)
    page.heading(words["where"], gap=8 * mm)
    page.say(
        said(sheet.place), gap=1 * mm, fontName="Courier", fontSize=10, leading=13, splitLongWords=1
    )
    page.heading(words["how"])
    page.steps(words["steps"])
    page.foot(words["foot"])
    return page.pdf()


def staff_page(practice: str, caretaker: str, language: Language) -> bytes:
    """Return the page of instructions for everybody, without any secret, as PDF."""
    words = _words(language)
    page = Page(words["page_title"], words["page_for"].format(practice=said(practice)))
    page.say(words["page_intro"], gap=6 * mm, fontSize=12, leading=17)
    for part in ("every_day", "new", "hurry"):
        page.heading(words[part], gap=9 * mm)
        page.steps(words[f"{part}_steps"])
    page.foot(words["page_foot"].format(caretaker=said(caretaker)))
    return page.pdf()


def _rows(passphrase: str) -> list[str]:
    """Return a passphrase in rows of two words: more do not fit beside the square."""
    words = passphrase.split(" ")
    return [said(" ".join(words[i : i + 2])) for i in range(0, len(words), 2)]


def _words(language: Language) -> Mapping[str, Any]:
    text = (resources.files(__package__) / "pages.toml").read_text("utf-8")
    table: Mapping[str, Any] = tomllib.loads(text)[language.value]
    return table
