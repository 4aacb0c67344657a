"""The practice's choices about backups: the `[backup]` table of agent.toml, read once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

KEYS = frozenset({"folders", "excludes", "databases", "hours", "repositories"})
PLACE_KEYS = frozenset(
    {"name", "location", "offsite", "offline", "append_only", "password_file", "credentials_file"}
)
HOURS = time(12, 45), time(20, 0)  # lunch, and after the last patient


class PlanWrong(ValueError):
    """A key of the `[backup]` table that cannot be understood: one clear sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One repository of the plan.

    `offsite`: in another building. `offline`: unplugged most of the time. `append_only`: this
    machine can add to it and never remove. `password_file` None: Vigie's own, in its state folder.
    """

    name: str
    location: str
    offsite: bool = False
    offline: bool = False
    append_only: bool = False
    password_file: Path | None = None
    credentials_file: Path | None = None

    @property
    def pseudonym(self) -> str:
        """Return the slug by which the console knows this place: it tells nothing about it."""
        return "r" + hashlib.sha256(self.location.encode()).hexdigest()[:15]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlan:
    """What is saved, where to, and when. Hours are in the practice's own time."""

    places: tuple[Place, ...]
    folders: tuple[Path, ...]
    databases: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    hours: tuple[time, ...] = HOURS

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> "BackupPlan":
        """Given the `[backup]` table, return the plan. Raise PlanWrong at the first wrong key."""
        _known(table, KEYS, "backup")
        places = tuple(_place(row) for row in _list(table, "repositories"))
        folders = tuple(_absolute("folders", text) for text in _texts(table, "folders"))
        if not places:
            raise PlanWrong("backup.repositories : indiquez au moins un lieu de sauvegarde.")
        if not folders:
            raise PlanWrong("backup.folders : indiquez au moins un dossier à sauvegarder.")
        names = [place.name for place in places]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise PlanWrong(f"backup.repositories : le nom « {twice} » sert deux fois.")
        return cls(
            places=places,
            folders=folders,
            databases=_texts(table, "databases"),
            excludes=tuple(map(_exclude, _texts(table, "excludes"))),
            hours=tuple(sorted(_hour(text) for text in _texts(table, "hours"))) or HOURS,
        )


def _place(row: object) -> Place:
    if isinstance(row, str):
        row = {"location": row}
    if not isinstance(row, Mapping):
        raise PlanWrong("backup.repositories : chaque lieu est un texte ou une table.")
    _known(row, PLACE_KEYS, "backup.repositories")
    location = _typed(row, "location", str, "")
    if not location:
        raise PlanWrong("backup.repositories : il manque « location », le lieu de la sauvegarde.")
    if ":" not in location and not Path(location).is_absolute():
        raise PlanWrong(f"backup.repositories : « {location} » n’est pas un chemin complet.")
    files = {
        key: _absolute(key, row[key]) for key in ("password_file", "credentials_file") if key in row
    }
    return Place(
        name=_typed(row, "name", str, "") or location,
        location=location,
        offsite=_typed(row, "offsite", bool, False),
        offline=_typed(row, "offline", bool, False),
        append_only=_typed(row, "append_only", bool, False),
        **files,
    )


def _known(table: Mapping[str, object], keys: frozenset[str], where: str) -> None:
    if strangers := sorted(set(table) - keys):
        known = ", ".join(sorted(keys))
        raise PlanWrong(f"{where} : « {strangers[0]} » n’existe pas. Les mots connus : {known}.")


def _typed(row: Mapping[str, object], key: str, kind: type, default: object) -> Any:  # noqa: ANN401  (of the kind asked for)
    value = row.get(key, default)
    if not isinstance(value, kind):
        raise PlanWrong(f"backup.repositories : « {key} » ne peut pas valoir {value!r}.")
    return value


def _list(table: Mapping[str, object], key: str) -> Sequence[object]:
    value = table.get(key, [])
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise PlanWrong(f"backup.{key} : il faut une liste, entre crochets.")
    return value


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    values = _list(table, key)
    if wrong := [value for value in values if not isinstance(value, str) or not value]:
        raise PlanWrong(f"backup.{key} : {wrong[0]!r} n’est pas un texte.")
    return tuple(map(str, values))


def _absolute(key: str, value: object) -> Path:
    path = Path(value) if isinstance(value, str) else None
    if path is None or not path.is_absolute():
        raise PlanWrong(f"backup.{key} : {value!r} n’est pas un chemin complet.")
    return path


def _exclude(text: str) -> str:
    if "/" in text and not Path(text).is_absolute():
        raise PlanWrong(
            f"backup.excludes : « {text} » est un nom sans « / », ou un chemin complet."
        )
    return text


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise PlanWrong(f"backup.hours : « {text} » n’est pas une heure comme 20:00.") from None
