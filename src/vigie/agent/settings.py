"""agent.toml: what a caretaker writes once for one machine, read into frozen values.

Each field's `says` is its one description; docs/operating/agent-toml.md is checked against it.
"""

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from vigie.agent import toml_values
from vigie.agent.arrival_keys import ArrivalKeys
from vigie.agent.mail_keys import MailboxKeys, MailKeys, RelayKeys
from vigie.agent.network_keys import NetworkKeys
from vigie.agent.password_keys import PasswordKeys
from vigie.agent.photo_keys import PhotoKeys
from vigie.agent.power_keys import PowerKeys
from vigie.agent.relief_keys import ReliefKeys
from vigie.agent.text_keys import TextKeys
from vigie.agent.toml_values import key
from vigie.agent.update_keys import ApplicationKeys, UpdateKeys
from vigie.agent.usb_keys import UsbKeys
from vigie.domain.practice import ConsultationHours, Country, Language, Practice, Span

S = TypeVar("S")

_MEGABYTE = 1_000_000


class BadSettings(Exception):
    """agent.toml cannot be used; the text is one sentence for the caretaker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeKeys:
    """`[practice]`: who it is, and when patients are seen."""

    name: str = field(metadata=key(toml_values.text, "the practice's name, as people read it"))
    caretaker: str = field(
        metadata=key(toml_values.text, "the first name of the person who looks after it")
    )
    language: Language = field(
        default=Language.FR,
        metadata=key(toml_values.choice(Language), "the language people read here"),
    )
    country: Country = field(
        default=Country.FR,
        metadata=key(toml_values.choice(Country), "whose duties and bodies apply"),
    )
    timezone: str = field(
        default="Europe/Paris",
        metadata=key(toml_values.timezone, "the time zone of the consultation hours"),
    )
    hours: Mapping[int, tuple[Span, ...]] = field(
        default_factory=dict,
        metadata=key(
            toml_values.hours,
            "consultation hours by weekday; nothing interrupts and no duty begins then",
        ),
    )
    closed: frozenset[date] = field(
        default=frozenset(), metadata=key(toml_values.closed, "days without consultations")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineKeys:
    """`[machine]`: this computer."""

    name: str = field(
        default="Ordinateur",
        metadata=key(toml_values.text, "the machine's name at the practice; it never leaves it"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchKeys:
    """`[watch]`: the document folders, and the vault that keeps their last good versions."""

    folders: tuple[Path, ...] = field(
        default=(), metadata=key(toml_values.paths, "the document folders to watch")
    )
    vault_megabytes: int = field(
        default=10_000, metadata=key(toml_values.count, "the most the vault may hold")
    )
    vault_days: int = field(
        default=30, metadata=key(toml_values.count, "how long the vault keeps a version")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleKeys:
    """`[console]`: where reports go."""

    address: str | None = field(
        default=None, metadata=key(toml_values.address, "the console's address, https only")
    )
    ca: Path | None = field(
        default=None,
        metadata=key(toml_values.path, "a file with the one authority to trust for it"),
    )
    dead_man: str | None = field(
        default=None,
        metadata=key(
            toml_values.ping, "an outside address that notices when this machine falls silent"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitKeys:
    """`[limits]`: what the agent may use."""

    spool_megabytes: int = field(
        default=200, metadata=key(toml_values.count, "the most the spool may hold")
    )
    memory_megabytes: int = field(
        default=2_000,
        metadata=key(toml_values.count, "memory for the agent and the programs it starts"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One agent.toml. `backup` is read by the backup plan, which knows its own keys."""

    practice_keys: PracticeKeys
    machine: MachineKeys = MachineKeys()
    watch: WatchKeys = WatchKeys()
    console: ConsoleKeys = ConsoleKeys()
    limits: LimitKeys = LimitKeys()
    mail: MailKeys = field(default_factory=MailKeys)
    relay: RelayKeys = field(default_factory=RelayKeys)
    usb: UsbKeys = field(default_factory=UsbKeys)
    arrivals: ArrivalKeys = field(default_factory=ArrivalKeys)
    photos: PhotoKeys = field(default_factory=PhotoKeys)
    passwords: PasswordKeys = field(default_factory=PasswordKeys)
    texts: TextKeys = field(default_factory=TextKeys)
    power: PowerKeys = field(default_factory=PowerKeys)
    mailbox: tuple[MailboxKeys, ...] = ()
    network: NetworkKeys = field(default_factory=NetworkKeys)
    updates: UpdateKeys = field(default_factory=UpdateKeys)
    relief: ReliefKeys = field(default_factory=ReliefKeys)
    application: tuple[ApplicationKeys, ...] = ()
    backup: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spool_bytes(self) -> int:
        """Return the most the spool may hold, in bytes."""
        return self.limits.spool_megabytes * _MEGABYTE

    @property
    def memory_bytes(self) -> int:
        """Return the most memory the agent may use, in bytes."""
        return self.limits.memory_megabytes * _MEGABYTE

    @property
    def vault_bytes(self) -> int:
        """Return the most the vault may hold, in bytes."""
        return self.watch.vault_megabytes * _MEGABYTE

    @property
    def vault_age(self) -> timedelta:
        """Return how long the vault keeps a version."""
        return timedelta(days=self.watch.vault_days)

    @property
    def practice(self) -> Practice:
        """Return the practice as the watch knows it."""
        keys = self.practice_keys
        hours = ConsultationHours(week=keys.hours, closed=keys.closed, timezone=keys.timezone)
        return Practice(
            name=keys.name,
            caretaker=keys.caretaker,
            language=keys.language,
            country=keys.country,
            hours=hours,
        )


_SECTIONS: dict[str, type] = {
    "practice": PracticeKeys,
    "machine": MachineKeys,
    "watch": WatchKeys,
    "console": ConsoleKeys,
    "limits": LimitKeys,
    "mail": MailKeys,
    "relay": RelayKeys,
    "usb": UsbKeys,
    "arrivals": ArrivalKeys,
    "photos": PhotoKeys,
    "passwords": PasswordKeys,
    "texts": TextKeys,
    "power": PowerKeys,
    "network": NetworkKeys,
    "updates": UpdateKeys,
    "relief": ReliefKeys,
}
_REPEATED: dict[str, type] = {"mailbox": MailboxKeys, "application": ApplicationKeys}


def described() -> Iterator[tuple[str, str]]:
    """Yield every key as `section.key` with its one description, in the order of the file."""
    for section, kind in (_SECTIONS | _REPEATED).items():
        for spec in dataclasses.fields(kind):
            yield f"{section}.{spec.name}", spec.metadata["says"]


def read(path: Path) -> Settings:
    """Given the path of an agent.toml, return its settings.

    Raise BadSettings, whose text is one sentence for people, if it cannot be used.
    """
    try:
        return parse(path.read_text("utf-8"), called=str(path))
    except OSError as trouble:
        raise BadSettings(f"{path} ne peut pas être lu ({trouble.strerror}).") from trouble
    except UnicodeDecodeError as trouble:
        raise BadSettings(f"{path} n’est pas un texte UTF-8.") from trouble


def parse(text: str, *, called: str = "agent.toml") -> Settings:
    """Given the text of an agent.toml, return its settings; raise BadSettings as `read` does."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadSettings(f"{called} n’est pas du TOML\N{NO-BREAK SPACE}: {trouble}.") from trouble
    if strangers := sorted(set(tables) - set(_SECTIONS) - set(_REPEATED) - {"backup"}):
        raise BadSettings(f"{called} contient une section inconnue, [{strangers[0]}].")
    try:
        sections: dict[str, Any] = {
            name: _section(kind, name, toml_values.table(tables.get(name, {})))
            for name, kind in _SECTIONS.items()
        }
        sections |= {
            name: tuple(
                _section(kind, name, toml_values.table(row))
                for row in toml_values.tables(tables.get(name, []))
            )
            for name, kind in _REPEATED.items()
        }
        backup = toml_values.table(tables.get("backup", {}))
    except TypeError as trouble:
        raise BadSettings(f"{called} attend {trouble}.") from trouble
    return Settings(practice_keys=sections.pop("practice"), backup=backup, **sections)


def _section(kind: type[S], name: str, table: Mapping[str, Any]) -> S:
    fields = {spec.name: spec for spec in dataclasses.fields(kind)}  # type: ignore[arg-type]  # all sections are dataclasses
    if strangers := sorted(set(table) - set(fields)):
        raise TypeError(f"des clés connues ; {name}.{strangers[0]} ne l’est pas")
    values = {}
    for word, spec in fields.items():
        needed = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
        if word not in table and needed:
            raise TypeError(f"la clé {name}.{word}, qui manque")
        if word in table:
            try:
                values[word] = spec.metadata["read"](table[word])
            except TypeError as trouble:
                raise TypeError(f"pour {name}.{word} {trouble}") from trouble
    return kind(**values)
