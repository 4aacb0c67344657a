"""Until when a system's maker mends it: as data, with its source and date."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources


def supported_until(system: str, version: str) -> date | None:
    """Return the last day of security updates, or None where it is not known.

    `version` may say more than the table does: `12.8` is `12`, `11 24H2 (26100)` is `11 24H2`.
    """
    known = _known().get(system.lower(), {})
    fitting = [named for named in known if _is_of(version, named)]
    return known[max(fitting, key=len)] if fitting else None


def _is_of(version: str, named: str) -> bool:
    follows = version[len(named) : len(named) + 1]
    return version.startswith(named) and not follows.isalnum()


@cache
def _known() -> Mapping[str, Mapping[str, date]]:
    text = (resources.files("vigie.knowledge") / "systems.toml").read_text("utf-8")
    known: dict[str, dict[str, date]] = {}
    for table in tomllib.loads(text)["table"]:
        for row in table["rows"]:
            known.setdefault(row["system"], {})[row["version"]] = row["last"]
    return known
