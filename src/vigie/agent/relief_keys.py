"""The keys of agent.toml about the relief sheet."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefKeys:
    """`[relief]`: what the practice's software exports for a bad day."""

    exports: tuple[Path, ...] = field(
        default=(),
        metadata=key(
            toml_values.paths,
            "exported agendas (ICS, CSV) and telephone lists (CSV) for the relief sheet",
        ),
    )
