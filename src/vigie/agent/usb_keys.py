"""The section of agent.toml about USB: `[usb]`."""

from dataclasses import dataclass, field
from pathlib import Path

from vigie.agent import toml_values
from vigie.agent.toml_values import key


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbKeys:
    """`[usb]`: what may be plugged in, and where the clean copies of a key are."""

    watch: bool = field(
        default=True,
        metadata=key(toml_values.yes, "let nothing new on the USB bus work before it is decided"),
    )
    folder: Path = field(
        default=Path("/media/Clés vérifiées"),
        metadata=key(toml_values.path, "where people find the clean copies of a key"),
    )
    most_files: int = field(
        default=5_000, metadata=key(toml_values.count, "the most files one key may hold")
    )
    most_megabytes: int = field(
        default=8_000, metadata=key(toml_values.count, "the most one key may hold")
    )
