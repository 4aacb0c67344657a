"""Whom to call in which country: as data, with the source and until when it may be trusted."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources

from vigie.domain.practice import Country, Language

_TRUSTED = timedelta(days=365)  # telephone numbers change


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call: a number, an address, or both; when, in one line."""

    title: str
    when: str
    telephone: str
    address: str
    source: str
    read: date

    @property
    def expires(self) -> date:
        """Return until when it may be trusted without another look at its source."""
        return self.read + _TRUSTED


_FILE = resources.files(__package__) / "numbers.toml"
_TABLE = tomllib.loads(_FILE.read_text("utf-8"))


def of(country: Country, language: Language) -> Sequence[Contact]:
    """Return whom to call in a country, in the order in which one needs them."""
    return tuple(
        Contact(
            title=row["title"][language.value] if isinstance(row["title"], dict) else row["title"],
            when=_TABLE["when"][row["when"]][language.value],
            telephone=row.get("telephone", ""),
            address=row.get("address", ""),
            source=row["source"],
            read=row["read"],
        )
        for row in _TABLE[country.value]
    )
