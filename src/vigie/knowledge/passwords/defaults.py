"""Passwords that devices and programs are delivered with: whose, if any."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


def delivered_with(password: str) -> str:
    """Return what is delivered with this password (a title for people), or an empty text.

    Upper and lower case are one: whoever tries it tries both.
    """
    return _known().get(password.casefold(), "")


@cache
def _known() -> Mapping[str, str]:
    text = (resources.files("vigie.knowledge.passwords") / "defaults.toml").read_text("utf-8")
    known: dict[str, str] = {}
    for table in tomllib.loads(text)["table"]:
        for row in table["rows"]:
            for password in row["passwords"]:
                known.setdefault(password.casefold(), row["product"])
    return known
