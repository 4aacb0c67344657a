"""The letter's own words, and how a number chooses among them."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from vigie.console.letters.months import Month
from vigie.domain.practice import Language

Words = Mapping[str, Any]


@cache
def words(language: Language) -> Words:
    """Return the words of one language."""
    file = resources.files(__package__) / f"words.{language.value}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def counted(table: Mapping[str, str], n: int, **known: object) -> str:
    """Return the wording for a number: `none` where it is 0, `one`, or `many`."""
    wording = table["none"] if not n and "none" in table else table["one" if n == 1 else "many"]
    return wording.format(n=n, **known)


def day(said: Words, moment: datetime | date, zone: str) -> str:
    """Return a day of the year: 12 novembre."""
    local = moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) else moment
    name = said["letter"]["months"].split()[local.month - 1]
    shape = "first_of" if local.day == 1 else "day"
    # A day's number never stands alone at the end of a line.
    written: str = said["letter"][shape].format(day=local.day, month=name)
    return written.replace(" ", "\u00a0")


def month(said: Words, of: Month) -> str:
    """Return a month with its year: novembre 2026."""
    name = said["letter"]["months"].split()[of.number - 1]
    written: str = said["letter"]["month"].format(month=name, year=of.year)
    return written
