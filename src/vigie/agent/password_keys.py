"""The section of agent.toml about passwords: `[passwords]`."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordKeys:
    """`[passwords]`: where notes are looked for, who has left, which names people know."""

    desks: bool = field(
        default=True,
        metadata=key(toml_values.yes, "look through people's desktops and documents for notes"),
    )
    folders: tuple[Path, ...] = field(
        default=(),
        metadata=key(toml_values.paths, "shared folders to look through, besides those watched"),
    )
    names: tuple[str, ...] = field(
        default=(),
        metadata=key(toml_values.texts, "more names that people know of the practice"),
    )
    left: tuple[str, ...] = field(
        default=(), metadata=key(toml_values.texts, "accounts of people who have left")
    )
