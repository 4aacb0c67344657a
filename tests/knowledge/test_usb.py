from hypothesis import given
from hypothesis import strategies as st
from usb_room import KEYBOARD, STORAGE, descriptors

from vigie.domain.evidence.usb import Device, Interface
from vigie.knowledge import usb
from vigie.knowledge.usb import Role, roles
from vigie.knowledge.volumes import Volume, starts, volume

# The report descriptor of a boot keyboard (HID 1.11, appendix B.1), its beginning.
KEYBOARD_REPORT = bytes.fromhex("05010906a101050719e029e715002501")
MOUSE_REPORT = bytes.fromhex("05010902a1010901a100050919012903")


def device(*interfaces: tuple[int, int, int], types: bool = False) -> Device:
    of = frozenset(Interface(*each) for each in interfaces)
    return Device(place="1-1", vendor=1, product=1, interfaces=of, types=types)


def test_a_device_that_is_not_let_in_shows_its_interfaces() -> None:
    seen = usb.interfaces(descriptors(STORAGE, KEYBOARD))
    assert seen == {Interface(*STORAGE), Interface(*KEYBOARD)}
    assert roles(device(STORAGE, KEYBOARD)) == {Role.KEY, Role.KEYBOARD}


def test_a_keyboard_is_known_by_its_report_whatever_its_interface_says() -> None:
    assert usb.types(KEYBOARD_REPORT)
    assert not usb.types(MOUSE_REPORT)
    assert roles(device((3, 0, 0), types=True)) == {Role.KEYBOARD}


def test_what_offers_a_network_is_a_network() -> None:
    for interface in ((2, 6, 0), (0xE0, 1, 3), (0xEF, 4, 1)):
        assert roles(device(interface)) == {Role.NETWORK}
    assert roles(device((7, 1, 2))) == {Role.OTHER}
    assert roles(device()) == {Role.OTHER}


@given(st.binary(max_size=400))
def test_hostile_descriptors_end(untrusted: bytes) -> None:
    assert len(usb.interfaces(untrusted)) <= 64
    assert usb.types(untrusted) in {True, False}


@given(st.binary(max_size=1200), st.integers(min_value=0, max_value=2**45))
def test_hostile_partition_tables_end_inside_the_disk(untrusted: bytes, size: int) -> None:
    head = untrusted[:510].ljust(510, b"\0") + b"\x55\xaa" + untrusted[510:]
    found = starts(head, size)
    assert found
    assert all(start == 0 or 0 < start < size for start in found)
    assert volume(untrusted) in set(Volume)
