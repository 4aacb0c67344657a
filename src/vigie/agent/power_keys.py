"""The keys of agent.toml about power: the UPS, the evening, and the documents' kept copies."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


class Rest(StrEnum):
    """What a machine does once the practice is closed. `AUTO`: sleep, if it stands on a desk."""

    AUTO = "auto"
    SLEEP = "sleep"
    SHUT_DOWN = "shut_down"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerKeys:
    """`[power]`: power cuts, nights, and documents verified."""

    ups: str | None = field(
        default=None,
        metadata=key(toml_values.text, "the UPS as NUT names it, such as `ups@127.0.0.1`"),
    )
    after_closing: Rest = field(
        default=Rest.AUTO,
        metadata=key(
            toml_values.choice(Rest), "what an idle machine does once the practice is closed"
        ),
    )
    notice_minutes: int = field(
        default=15, metadata=key(toml_values.count, "how long before that a notice is shown")
    )
    wake_minutes: int = field(
        default=20,
        metadata=key(toml_values.count, "how long before the first consultation it wakes"),
    )
    folders: tuple[Path, ...] = field(
        default=(),
        metadata=key(toml_values.paths, "folders to verify besides those watched and backed up"),
    )
    copies: bool = field(
        default=True, metadata=key(toml_values.yes, "keep a copy of each document to repair it")
    )
    copies_megabytes: int = field(
        default=20_000, metadata=key(toml_values.count, "the most these copies may hold")
    )
