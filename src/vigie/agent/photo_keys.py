"""The section `[photos]` of agent.toml."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoKeys:
    """`[photos]`: photos before they are published."""

    folder: Path | None = field(
        default=None,
        metadata=key(
            toml_values.path,
            "the folder that holds « À publier » and « Prêt à publier »; both are made",
        ),
    )
