"""A stray USB key: nothing new on the bus works before it was decided, and no keyboard is lost.

What a device says it is decides, and what the system found it to be; never its name. Two rules
stand above all others: an input device that was at work before the watch began stays at work, and
while no trusted keyboard works, the next plain keyboard is let in, behind a locked screen.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from vigie.domain.evidence.usb import DevicePlugged, KeyRead, Standing
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.guards.stray_usb_key.contents import judge_key
from vigie.knowledge.usb import Role, roles

SCREENS = "screens"  # what BLOCK is told where every open screen is to be locked
AGAIN = timedelta(hours=24)  # the same unknown key, tried again, is not a second question
_LISTED = frozenset({Standing.ALWAYS, Standing.ONCE})
_TRUSTED = _LISTED | {Standing.OWN}


def judge(seen: Sequence[DevicePlugged | KeyRead]) -> Iterator[Finding]:
    """Say what the newest device is to this machine, or what lay on the newest key."""
    newest = seen[-1]
    if isinstance(newest, KeyRead):
        yield from judge_key(newest)
        return
    found = roles(newest.device)
    if newest.before:
        yield _alarm("device_changed", newest)
    elif Role.KEYBOARD in found and found & {Role.KEY, Role.NETWORK}:
        yield _typing_key(newest)
    elif Role.KEYBOARD in found:
        yield _keyboard(newest)
    elif Role.KEY in found:
        yield _key(newest, seen[:-1])
    elif Role.NETWORK in found and not newest.present and newest.standing not in _TRUSTED:
        yield _finding("network_adapter_new", newest, Gravity.CONCERN)
    else:
        fact = "input_allowed" if Role.POINTER in found else "device_allowed"
        yield _finding(fact, newest, Gravity.NOTE)


def _typing_key(newest: DevicePlugged) -> Finding:
    if newest.present:
        return _finding("key_types_present", newest, Gravity.CONCERN)
    return _alarm("key_types", newest)


def _keyboard(newest: DevicePlugged) -> Finding:
    if newest.present or newest.standing in _TRUSTED or not newest.session:
        return _finding("input_allowed", newest, Gravity.NOTE)
    # A person must be able to sign in again, and a device that types must not type into an open
    # session: the screen is locked, then the keyboard works. Even one that a person has refused:
    # who else would take that back?
    if not newest.keyboards:
        return _finding("keyboard_replaced", newest, Gravity.CONCERN, screens=SCREENS)
    return _alarm("keyboard_new", newest)


def _key(newest: DevicePlugged, earlier: Sequence[DevicePlugged | KeyRead]) -> Finding:
    if newest.in_use:
        return _finding("key_in_use", newest, Gravity.NOTE)
    if newest.standing in _LISTED:
        return _finding("key_listed", newest, Gravity.NOTE)
    if newest.standing is Standing.NEVER:
        return _finding("key_refused", newest, Gravity.CONCERN)
    asked = any(each.number == newest.number for each in earlier)
    if asked:
        return _finding("key_unknown_again", newest, Gravity.NOTE)
    return _finding("key_unknown", newest, Gravity.CONCERN)


def _alarm(fact: str, newest: DevicePlugged) -> Finding:
    return _finding(fact, newest, Gravity.ALARM, screens=SCREENS)


def _finding(fact: str, newest: DevicePlugged, gravity: Gravity, **clues: str) -> Finding:
    device = newest.device
    return Finding(
        gravity=gravity,
        fact=fact,
        numbers={"key": newest.number, "vendor": device.vendor, "product": device.product},
        clues={
            # Each plugging-in is decided anew: what was said yesterday opens nothing today.
            "subject": newest.handle,
            "title": device.title or device.model,
            "place": device.place,
            **clues,
        },
    )


def keeps(evidence: DevicePlugged | KeyRead) -> bool:
    """Return whether a later judgement may need it: which unknown keys were asked about."""
    return (
        isinstance(evidence, DevicePlugged)
        and evidence.standing is Standing.UNKNOWN
        and roles(evidence.device) == frozenset({Role.KEY})
        and not evidence.in_use
    )


GUARD: Guard[DevicePlugged | KeyRead] = Guard(
    watches=DevicePlugged | KeyRead, judge=judge, window=AGAIN, keeps=keeps
)
