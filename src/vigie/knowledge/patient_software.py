"""Patient software by its names: who makes it, and where it keeps its data, as far as published."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from tomllib import loads

import msgspec
from msgspec import Struct

from vigie.domain.practice import Country


class Software(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One application. `counted`: its records can be compared row by row."""

    title: str
    maker: str
    countries: tuple[Country, ...]
    names: tuple[str, ...]
    kind: str
    places: tuple[str, ...]
    counted: bool
    source: str


@cache
def software() -> Sequence[Software]:
    """Return every application that is known."""
    text = (resources.files("vigie.knowledge") / "patient_software.toml").read_text("utf-8")
    return msgspec.convert(loads(text)["software"], tuple[Software, ...])


def called(package: str) -> Software | None:
    """Return the application that a package of this name belongs to, or None."""
    words = set(package.lower().replace("_", "-").split("-")) | {package.lower()}
    return next((one for one in software() if words & set(one.names)), None)
