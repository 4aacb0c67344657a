"""The section `[pane]` of agent.toml."""

from dataclasses import dataclass, field

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneKeys:
    """`[pane]`: the page for the people at this machine."""

    open: bool = field(
        default=True, metadata=key(toml_values.yes, "show the page on this machine, to it alone")
    )
    port: int = field(
        default=8177,
        metadata=key(toml_values.count, "its port on 127.0.0.1; where it is taken, any free one"),
    )
    group: str = field(
        default="vigie",
        metadata=key(toml_values.text, "the system's group of those who may open the page"),
    )
