"""The few words between the agent and the process that talks to devices; each is checked."""

from msgspec import Struct

from vigie.domain.evidence.printers import Device


class Wish(Struct, frozen=True, forbid_unknown_fields=True):
    """What to scan."""

    networks: tuple[str, ...]
    own: tuple[str, ...]
    gateways: tuple[str, ...]
    consent: bool


class Going(Struct, frozen=True, tag="going", array_like=True):
    """How far it is."""

    done: int
    most: int


class Found(Struct, frozen=True, tag="found", array_like=True):
    """A device, every open door of it asked."""

    device: Device
