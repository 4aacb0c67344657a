"""What is known of devices before they are met: makers, their cards, pages and passwords.

Pure data, each table with its source and date; read once from beside this module.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from vigie.domain.evidence.printers import Kind


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker, the words it uses of itself, and what it mostly makes."""

    name: str
    words: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Settings:
    """Where one maker keeps pages that change a device. `words` replace a form to fill in."""

    paths: tuple[str, ...]
    words: tuple[str, ...]


@cache
def read(name: str) -> Mapping[str, Any]:
    """Return a table that lies beside this module."""
    return tomllib.loads((resources.files(__name__) / name).read_text("utf-8"))


@cache
def makers() -> tuple[Maker, ...]:
    """Return every maker, in the order in which their words are looked for."""
    return tuple(
        Maker(row["name"], tuple(row["words"]), Kind(row["kind"]))
        for row in read("makers.toml")["maker"]
    )


def maker_in(*texts: str) -> Maker | None:
    """Return the maker that the first telling one of these texts names, None for nobody known."""
    for text in texts:
        said = f"{text.lower()} "
        for maker in makers():
            if any(_stands(word, said) for word in maker.words):
                return maker
    return None


def made_by(name: str) -> Maker | None:
    """Return the maker of that name."""
    return next((maker for maker in makers() if maker.name == name), None)


def _stands(word: str, said: str) -> bool:
    """Return whether a word stands in a text, and does not begin inside another word."""
    at = said.find(word)
    while at >= 0:
        if at == 0 or not said[at - 1].isalnum():
            return True
        at = said.find(word, at + 1)
    return False


@cache
def _cards() -> Mapping[str, str]:
    table: Mapping[str, str] = read("oui.toml")["makers"]
    return {prefix: maker for maker, prefixes in table.items() for prefix in prefixes.split()}


def card_maker(mac: str) -> str:
    """Return who made a network card, empty where it is unknown or the address is made up."""
    digits = mac.replace(":", "").upper()
    if len(digits) != 12 or int(digits[:2], 16) & 2:  # locally administered: of nobody's series
        return ""
    return _cards().get(digits[:6], "")


@cache
def settings_of(maker: str) -> tuple[Settings, ...]:
    """Return where a maker keeps pages that change a device."""
    return tuple(
        Settings(tuple(row["paths"]), tuple(row.get("words", ())))
        for row in read("settings.toml")["page"]
        if row["maker"] == maker
    )


@cache
def sold_with(maker: str) -> tuple[str, str]:
    """Return the one name and password that a maker's devices are likeliest to be sold with."""
    table = read("passwords.toml")
    pair: Sequence[str] = table["makers"].get(maker, table["unknown"]["pair"])
    return (pair[0], pair[1])


def have_at_hand() -> None:
    """Read every table now: for a process that gives up its files."""
    makers()
    _cards()
    for name in ("settings.toml", "passwords.toml"):
        read(name)
