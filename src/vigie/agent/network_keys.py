"""The section of agent.toml about the practice's network: `[network]`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from vigie.agent import toml_values
from vigie.agent.toml_values import key


def networks(value: Any) -> tuple[str, ...]:  # noqa: ANN401  (TOML holds anything)
    """Return networks as texts. Raise TypeError, whose text says what was expected."""
    wish = 'une liste de réseaux comme ["192.168.1.0/24"]'
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(wish)
    try:
        return tuple(str(IPv4Network(item, strict=False)) for item in value)
    except ValueError as trouble:
        raise TypeError(wish) from trouble


def names(value: Any) -> Mapping[str, str]:  # noqa: ANN401  (TOML holds anything)
    """Return names by address. Raise TypeError, whose text says what was expected."""
    wish = 'des noms comme "00:80:77:01:02:03" = "Imprimante de l’accueil"'
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
        raise TypeError(wish)
    return {where.lower(): name for where, name in value.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkKeys:
    """`[network]`: what is looked at each night, and how the practice calls its devices."""

    scan: bool = field(
        default=True,
        metadata=key(toml_values.yes, "look at the practice's network each night"),
    )
    networks: tuple[str, ...] = field(
        default=(),
        metadata=key(networks, "the networks to look at"),
    )
    try_default_passwords: bool = field(
        default=False,
        metadata=key(
            toml_values.yes, "the practice agreed: try the maker's password, once a device"
        ),
    )
    look_from_outside: bool = field(
        default=False,
        metadata=key(
            toml_values.yes,
            "the practice agreed: the console connects to its public address, and sends nothing",
        ),
    )
    names: Mapping[str, str] = field(
        default_factory=dict,
        metadata=key(names, "what people call a device, by its hardware or network address"),
    )
