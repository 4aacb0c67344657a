"""The section `[texts]` of agent.toml."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class TextKeys:
    """`[texts]`: texts before they are posted."""

    folder: Path | None = field(
        default=None,
        metadata=key(
            toml_values.path,
            "the folder that holds « À publier » and « Prêt à publier » for texts; both are made",
        ),
    )
