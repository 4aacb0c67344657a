"""USB: what the numbers in a device's own description mean (usb.org, defined class codes)."""

from collections.abc import Iterator
from enum import StrEnum

from vigie.domain.evidence.usb import Device, Interface

INPUT, STORAGE, PICTURES, HUB = 0x03, 0x08, 0x06, 0x09
_KEYBOARD, _MOUSE = 1, 2  # the protocols of class 03, where the device says one
_COMMUNICATION, _DATA, _WIRELESS, _MISCELLANEOUS = 0x02, 0x0A, 0xE0, 0xEF
_NETWORK_SUBCLASSES = frozenset({0x06, 0x0C, 0x0D, 0x0E})  # ECM, EEM, NCM, MBIM
_RNDIS = frozenset({Interface(0xE0, 0x01, 0x03), Interface(0xEF, 0x04, 0x01)})
_INTERFACE_DESCRIPTOR, _ITS_LENGTH = 4, 9
_SHORTEST = 2
_MOST_INTERFACES = 64
# A report descriptor that opens an application collection for a keyboard or a keypad: usage page
# "generic desktop" (05 01), usage 06 or 07. HID 1.11, 6.2.2.
_USAGE_PAGE, _USAGE = 0x04, 0x08
_DESKTOP_PAGE = 0x01
_TYPING_USAGES = frozenset({0x06, 0x07})


class Role(StrEnum):
    """What a device is to the people who plug it in."""

    KEY = "key"  # it holds files: a key, a disk, a card, a telephone
    KEYBOARD = "keyboard"  # it types
    POINTER = "pointer"  # it points, or is an input device that does not type
    NETWORK = "network"  # it would be a way out of the machine
    HUB = "hub"
    OTHER = "other"  # printers, card readers, cameras, loudspeakers


def interfaces(untrusted: bytes) -> frozenset[Interface]:
    """Return the interfaces in a device's raw descriptors; whatever does not hold ends the list.

    The system reads them before it lets the device do anything: a device that is not let in has
    nothing else to show.
    """
    return frozenset(_interfaces(untrusted))


def _interfaces(untrusted: bytes) -> Iterator[Interface]:
    at, found = 0, 0
    while at + _SHORTEST <= len(untrusted) and found < _MOST_INTERFACES:
        length, kind = untrusted[at], untrusted[at + 1]
        if length < _SHORTEST or at + length > len(untrusted):
            return
        if kind == _INTERFACE_DESCRIPTOR and length >= _ITS_LENGTH:
            found += 1
            yield Interface(untrusted[at + 5], untrusted[at + 6], untrusted[at + 7])
        at += length


def types(untrusted_report: bytes) -> bool:
    """Return whether a HID report descriptor describes a keyboard, whatever the interface says."""
    at, page = 0, 0
    while at < len(untrusted_report):
        prefix = untrusted_report[at]
        size = (0, 1, 2, 4)[prefix & 3]
        value = int.from_bytes(untrusted_report[at + 1 : at + 1 + size], "little")
        tag = prefix & 0xFC
        if tag == _USAGE_PAGE:
            page = value
        elif tag == _USAGE:  # a long one carries its page
            inside = value >> 16 if size == 4 else page  # noqa: PLR2004  (bytes)
            if inside == _DESKTOP_PAGE and value & 0xFFFF in _TYPING_USAGES:
                return True
        at += 1 + size
    return False


def roles(device: Device) -> frozenset[Role]:
    """Return what a device is, by all that it says and all that the system found."""
    found = {_role(interface) for interface in device.interfaces}
    if device.types:
        found = (found - {Role.POINTER}) | {Role.KEYBOARD}
    return frozenset(found) or frozenset({Role.OTHER})


def _role(interface: Interface) -> Role:
    match interface.kind:
        case 0x03:
            return Role.KEYBOARD if interface.protocol == _KEYBOARD else Role.POINTER
        case 0x06 | 0x08:
            return Role.KEY
        case 0x09:
            return Role.HUB
        case 0x02 if interface.subclass in _NETWORK_SUBCLASSES:
            return Role.NETWORK
    return Role.NETWORK if interface in _RNDIS else Role.OTHER
