"""The items of the checklist, as data with their source, and their words in three languages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

from vigie.domain.practice import Language

_HERE = "vigie.console.checklist"


class Kind(StrEnum):
    """Who can say whether an item holds."""

    ALONE = "alone"
    QUESTION = "question"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One good practice, and what it is read from."""

    slug: str
    kind: Kind
    pillar: str
    source: str
    machine: str = ""  # a check of the daily look at the machines
    trial: str = ""  # a proof that must have held
    within: timedelta = timedelta(0)  # how old that proof may be
    backup: bool = False  # a snapshot of the last day
    wrong: frozenset[str] = frozenset()  # facts that say no while they are open
    lasts: timedelta = timedelta(0)  # how long a person's answer counts

    @property
    def seen(self) -> bool:
        """Return whether machines alone can say that it holds."""
        return bool(self.machine or self.trial or self.backup)


@dataclass(frozen=True, slots=True)
class Wording:
    """What people read: the good practice as a title, and the question put to a person."""

    title: str
    question: str = ""


def _read(name: str) -> Mapping[str, object]:
    return tomllib.loads((resources.files(_HERE) / name).read_text("utf-8"))


def version() -> str:
    """Return the version of the list."""
    return str(_read("items.toml")["version"])


@cache
def items() -> Mapping[str, Item]:
    """Return every item by its slug, in the order of the list."""
    listed = _read("items.toml")["items"]
    assert isinstance(listed, dict)  # noqa: S101  (our own file)
    return {slug: _item(slug, row) for slug, row in listed.items()}


@cache
def words(language: Language) -> Mapping[str, Wording]:
    """Return the words of every item in one language."""
    table = _read(f"words.{language.value}.toml")
    return {
        slug: Wording(row) if isinstance(row, str) else Wording(*map(str, row))  # type: ignore[call-overload]
        for slug, row in table.items()
    }


def _item(slug: str, row: Mapping[str, object]) -> Item:
    wrong, within, days = row.get("wrong", ()), row.get("within", 0), row.get("days", 0)
    assert isinstance(wrong, list | tuple)  # noqa: S101
    assert isinstance(within, int)  # noqa: S101
    assert isinstance(days, int)  # noqa: S101
    return Item(
        slug=slug,
        kind=Kind(str(row["kind"])),
        pillar=str(row["pillar"]),
        source=str(row["from"]),
        machine=str(row.get("machine", "")),
        trial=str(row.get("trial", "")),
        within=timedelta(days=within),
        backup=bool(row.get("backup")),
        wrong=frozenset(wrong),
        lasts=timedelta(days=days),
    )
