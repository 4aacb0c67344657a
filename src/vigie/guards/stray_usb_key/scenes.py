"""Little plays about what is plugged in, and about what lies on a key."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vigie.domain.evidence.usb import (
    Device,
    DevicePlugged,
    FileOnKey,
    Interface,
    KeyRead,
    Mishap,
    Standing,
)
from vigie.domain.finding import Gravity
from vigie.domain.guard import Scene

_LUNCH = datetime(2026, 11, 25, 12, 40, tzinfo=UTC)
_STORAGE, _KEYBOARD, _MOUSE = Interface(8, 6, 0x50), Interface(3, 1, 1), Interface(3, 1, 2)
KEY = Device(
    place="1-2",
    vendor=0x0951,
    product=0x1666,
    serial="E0D55E6CBD1A",
    interfaces=frozenset({_STORAGE}),
    title="Kingston DataTraveler",
)
KEYBOARD = Device(
    place="1-1",
    vendor=0x046D,
    product=0xC31C,
    interfaces=frozenset({_KEYBOARD, Interface(3)}),
    title="Logitech Keyboard",
)
TYPING_KEY = replace(KEY, interfaces=frozenset({_STORAGE, _KEYBOARD}))
MOUSE = replace(KEYBOARD, place="1-3", interfaces=frozenset({_MOUSE}), title="Souris")
PRINTER = replace(KEYBOARD, place="1-4", interfaces=frozenset({Interface(7, 1, 2)}), title="HP")
ADAPTER = replace(KEYBOARD, place="1-5", interfaces=frozenset({Interface(2, 6)}), title="LAN")
LETTER = FileOnKey(name="lettre.docx", size=18_000, form="ooxml")
PROGRAM = FileOnKey(name="facture.pdf.exe", size=900, light=Gravity.ALARM)
TABLE = FileOnKey(name="tableau.xlsm", size=30_000, light=Gravity.CONCERN)
STARTER = FileOnKey(name="AUTORUN.INF", size=40, form="text")


def plugged(device: Device, **known: object) -> DevicePlugged:
    """Return that a device was plugged in at lunch, beside one trusted keyboard."""
    said: dict[str, object] = {"keyboards": 1, "number": device.product, "handle": device.place}
    return DevicePlugged(at=_LUNCH, machine="desk", device=device, **{**said, **known})  # type: ignore[arg-type]  # fields by name


def read(*files: FileOnKey, mishaps: frozenset[Mishap] = frozenset()) -> KeyRead:
    """Return that the practice's key was read at lunch."""
    return KeyRead(
        at=_LUNCH, machine="desk", title=KEY.title, number=1, files=files, mishaps=mishaps
    )


_AGAIN = replace(plugged(KEY, handle="again"), at=_LUNCH + timedelta(hours=1))
SCENES: Sequence[Scene[DevicePlugged | KeyRead]] = tuple(
    Scene(title=title, seen=seen, facts=frozenset(facts))
    for title, seen, facts in (
        ("unknown_key", [plugged(KEY)], {"key_unknown"}),
        ("asked_once_a_day", [plugged(KEY), _AGAIN], {"key_unknown", "key_unknown_again"}),
        ("our_key", [plugged(KEY, standing=Standing.ALWAYS)], {"key_listed"}),
        ("allowed_once", [plugged(KEY, standing=Standing.ONCE)], {"key_listed"}),
        ("refused_for_good", [plugged(KEY, standing=Standing.NEVER)], {"key_refused"}),
        ("key_present_at_the_start", [plugged(KEY, present=True)], {"key_unknown"}),
        ("disk_of_the_system", [plugged(KEY, present=True, in_use=True)], {"key_in_use"}),
        ("typing_key", [plugged(TYPING_KEY)], {"key_types"}),
        ("typing_key_alone", [plugged(TYPING_KEY, keyboards=0)], {"key_types"}),
        ("typing_key_that_is_listed", [plugged(TYPING_KEY, standing=Standing.ALWAYS)],
         {"key_types"}),
        ("typing_key_present", [plugged(TYPING_KEY, present=True)], {"key_types_present"}),
        ("key_that_the_system_finds_typing", [plugged(replace(KEY, types=True))], {"key_types"}),
        ("keyboard_present", [plugged(KEYBOARD, present=True, keyboards=0)], {"input_allowed"}),
        ("own_keyboard_again", [plugged(KEYBOARD, standing=Standing.OWN)], {"input_allowed"}),
        ("second_keyboard", [plugged(KEYBOARD)], {"keyboard_new"}),
        ("second_keyboard_nobody_signed_in", [plugged(KEYBOARD, session=False)],
         {"input_allowed"}),
        ("only_keyboard", [plugged(KEYBOARD, keyboards=0)], {"keyboard_replaced"}),
        ("only_keyboard_once_refused",
         [plugged(KEYBOARD, keyboards=0, standing=Standing.NEVER)], {"keyboard_replaced"}),
        ("hid_that_turns_out_to_type", [plugged(replace(MOUSE, types=True))], {"keyboard_new"}),
        ("mouse", [plugged(MOUSE)], {"input_allowed"}),
        ("printer", [plugged(PRINTER)], {"device_allowed"}),
        ("network_adapter", [plugged(ADAPTER)], {"network_adapter_new"}),
        ("network_adapter_present", [plugged(ADAPTER, present=True)], {"device_allowed"}),
        ("key_that_becomes_a_keyboard",
         [plugged(KEY, standing=Standing.ALWAYS), plugged(KEYBOARD, before=True, handle="2")],
         {"key_listed", "device_changed"}),
        ("clean_key", [read(LETTER)], {"key_clean"}),
        ("program_on_the_key", [read(LETTER, PROGRAM)], {"key_files_refused"}),
        ("known_bad_file", [read(replace(LETTER, bad=True))], {"key_files_refused"}),
        ("macros_on_the_key", [read(LETTER, TABLE)], {"key_files_refused"}),
        ("what_starts_by_itself", [read(STARTER)], {"key_files_refused"}),
        ("empty_key", [read()], set()),
        ("key_pulled_out", [read(LETTER, mishaps=frozenset({Mishap.PULLED}))], {"key_pulled"}),
        ("key_that_lies", [read(LETTER, mishaps=frozenset({Mishap.LIES}))], {"key_incomplete"}),
        ("nothing_readable", [read(mishaps=frozenset({Mishap.UNKNOWN_VOLUME}))],
         {"key_unreadable"}),
        ("encrypted_key", [replace(read(), encrypted=True)], {"key_encrypted"}),
    )
)  # fmt: skip
