"""Keeping a relief sheet: sealed with the machine's own key, opened on this machine alone."""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from vigie.domain.evidence.agenda import Appointment, Telephone
from vigie.tools.seal import Seal

PURPOSE = "relief sheet"
FILE = "relief.sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """One sheet: from which moment its exports are, who comes when, and all the numbers."""

    made: datetime
    appointments: Sequence[Appointment]
    telephones: Sequence[Telephone]

    def find(self, name: str) -> list[Telephone]:
        """Return the numbers of everybody whose name holds these words, in any order."""
        words = _plain(name).split()
        found = [t for t in self.telephones if all(word in _plain(t.name) for word in words)]
        return sorted(set(found), key=lambda each: (_plain(each.name), each.number))


def put_together(
    appointments: Iterable[Appointment], telephones: Iterable[Telephone], made: datetime
) -> Relief:
    """Return a sheet, each appointment with its number where exactly one list entry has its name.

    Two patients of one name keep none: a wrong number is worse than a look into the list.
    """
    lists = sorted(set(telephones))
    numbers: dict[str, set[str]] = {}
    for each in lists:
        numbers.setdefault(_key(each.name), set()).add(each.number)

    def with_number(one: Appointment) -> Appointment:
        known = numbers.get(_key(one.who), set())
        return one if one.telephone or len(known) != 1 else replace(one, telephone=min(known))

    ordered = sorted(map(with_number, set(appointments)), key=lambda a: (a.starts, a.who))
    return Relief(made=made, appointments=ordered, telephones=lists)


def keep(relief: Relief, folder: Path, seal: Seal) -> None:
    """Put a sheet in the place of the one before, sealed and fsynced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = {
        "made": relief.made.isoformat(),
        "appointments": [
            [a.starts.isoformat(), a.ends.isoformat() if a.ends else "", a.who, a.telephone]
            for a in relief.appointments
        ],
        "telephones": [[t.name, t.number] for t in relief.telephones],
    }
    seal.write(folder / FILE, json.dumps(rows, ensure_ascii=False).encode())


def opened(folder: Path, seal: Seal) -> Relief | None:
    """Return the sheet that is kept, or None where there is none that opens on this machine."""
    secret = seal.read(folder / FILE)
    if secret is None:
        return None
    rows = json.loads(secret)
    return Relief(
        made=datetime.fromisoformat(rows["made"]),
        appointments=tuple(
            Appointment(
                starts=datetime.fromisoformat(starts),
                ends=datetime.fromisoformat(ends) if ends else None,
                who=who,
                telephone=telephone,
            )
            for starts, ends, who, telephone in rows["appointments"]
        ),
        telephones=tuple(
            Telephone(name=name, number=number) for name, number in rows["telephones"]
        ),
    )


def _key(name: str) -> str:
    """Return a name whatever the order of its parts: MARTIN Léa is Léa Martin."""
    return " ".join(sorted(_plain(name).split()))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign if sign.isalnum() else " " for sign in letters
                   if not unicodedata.combining(sign))  # fmt: skip
    return " ".join(bare.split())
