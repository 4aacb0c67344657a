"""A look from outside: which ports of the practice's own public address a stranger can connect to.

The machine asks, the console connects to whoever asked and to nobody else; no byte is sent.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

MOST_PORTS = 48

Port = Annotated[int, Meta(ge=1, le=65_535)]
Ports = Annotated[tuple[Port, ...], Meta(max_length=MOST_PORTS)]


class OutsideLook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The practice agreed to be looked at from outside, at these ports."""

    ports: Ports


class OutsideSight(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen. `looked` is false where the console stands inside itself, and sees nothing."""

    looked: bool
    open: Ports = ()


encode = msgspec.json.Encoder().encode
decode_look = msgspec.json.Decoder(OutsideLook).decode
decode_sight = msgspec.json.Decoder(OutsideSight).decode
