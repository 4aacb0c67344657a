"""The section of agent.toml about files that arrive: `[arrivals]`."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalKeys:
    """`[arrivals]`: the folders in which files arrive."""

    watch: bool = field(
        default=True,
        metadata=key(toml_values.yes, "judge each file that arrives before anybody opens it"),
    )
    folders: tuple[Path, ...] = field(
        default=(),
        metadata=key(
            toml_values.paths,
            "where files arrive",
        ),
    )
