"""What of a machine is as it should be: yes, no, or not known, each with its reason in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vigie.domain.danger import Danger
from vigie.domain.evidence.machine import MachineSeen, Room
from vigie.domain.finding import Finding, Gravity

# Below a tenth and 20 GB an update or a day of scans may not find its place.
LITTLE_SHARE, LITTLE = 0.10, 20 << 30
# Below it programs fail while they write, and documents with them.
NONE_LEFT = 0.02
SOON = 14  # days until the room is used up, at the pace of the days before
STALE = 3  # days: signatures appear several times a day, and a weekend may lie between
LATE = 14  # days: what ANSSI gives an update that is not urgent
OFF = 60  # seconds: certificates and appointments bear that much
_DAYS = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. `held` is None where it could not be known."""

    name: str
    held: bool | None
    numbers: Mapping[str, int] = field(default_factory=dict)
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Whose matter a check is, and the facts that say it does not hold, and holds again."""

    danger: Danger
    wrong: str
    right: str


RULES: Mapping[str, Rule] = {
    # A full or failing disk and a wrong clock lose documents as a power cut does.
    "disk_room": Rule(Danger.POWER_LOSS, "disk_filling", "disk_has_room"),
    "disk_health": Rule(Danger.POWER_LOSS, "disk_failing", "disk_sound"),
    "clock": Rule(Danger.POWER_LOSS, "clock_off", "clock_right"),
    # The ways in, once a program has been let loose.
    "firewall": Rule(Danger.RANSOMWARE, "firewall_off", "firewall_on"),
    "antivirus": Rule(Danger.RANSOMWARE, "antivirus_not_fresh", "antivirus_fresh"),
    "supported": Rule(Danger.RANSOMWARE, "system_unsupported", "system_supported"),
    "updates": Rule(Danger.RANSOMWARE, "updates_late", "updates_fresh"),
    # Whoever carries the machine away needs no password.
    "encryption": Rule(Danger.EXPOSED_PASSWORD, "disk_not_encrypted", "disk_encrypted"),
}

History = Mapping[str, Sequence[tuple[float, int]]]  # by place: moments (seconds) and free bytes


def checks(seen: MachineSeen, history: History) -> tuple[Check, ...]:
    """Given a machine and the room of the days before, return every check of it."""
    return (
        _room(seen, history),
        Check(
            name="disk_health",
            held=seen.failing == 0 if seen.disks else None,
            numbers={"disks": seen.failing},
            grave=seen.failing > 0,
        ),
        Check(name="firewall", held=seen.firewall),
        _antivirus(seen),
        Check(name="encryption", held=seen.encrypted),
        Check(name="auto_lock", held=seen.locks),
        _supported(seen),
        _updates(seen),
        _clock(seen.clock_seconds),
    )


def wrong(check: Check) -> Finding:
    """Return what to say of a check that does not hold."""
    return Finding(
        gravity=Gravity.ALARM if check.grave else Gravity.CONCERN,
        fact=RULES[check.name].wrong,
        numbers=check.numbers,
    )


def right(check: Check) -> Finding:
    """Return what to say of a check that holds again."""
    return Finding(gravity=Gravity.NOTE, fact=RULES[check.name].right)


def summary(found: Sequence[Check]) -> Finding:
    """Return the one note about all checks: 1 for what holds, 0 for what does not, else nothing."""
    numbers = {check.name: int(check.held) for check in found if check.held is not None}
    return Finding(gravity=Gravity.NOTE, fact="machine_checked", numbers=numbers)


def _room(seen: MachineSeen, history: History) -> Check:
    if not seen.rooms:
        return Check(name="disk_room", held=None)
    fullest = min(seen.rooms, key=lambda room: room.free / room.size)
    days = [left for room in seen.rooms if (left := days_left(room, history)) is not None]
    soonest = min(days, default=None)
    share = fullest.free / fullest.size
    little = share < LITTLE_SHARE and fullest.free < LITTLE
    return Check(
        name="disk_room",
        held=not little and (soonest is None or soonest > SOON),
        numbers={"free_percent": int(share * 100), **_known(days_left=soonest)},
        grave=share < NONE_LEFT,
    )


def days_left(room: Room, history: History) -> int | None:
    """Return in how many days the room is used up at its pace, None where it is not shrinking.

    The pace is the slope of the least squares over at least a week: one large scan is no pace.
    """
    points = history.get(room.place, ())
    if not points or points[-1][0] - points[0][0] < 7 * _DAYS:
        return None
    times = [moment / _DAYS for moment, _ in points]
    mean_time, mean_free = sum(times) / len(times), sum(free for _, free in points) / len(points)
    spread = sum((time - mean_time) ** 2 for time in times)
    together = sum(
        (time - mean_time) * (free - mean_free)
        for time, (_, free) in zip(times, points, strict=True)
    )
    pace = together / spread if spread else 0.0
    return max(0, int(room.free / -pace)) if pace < 0 and room.free / -pace < _LONG else None


_LONG = 365  # days: further ahead a slope says nothing


def _antivirus(seen: MachineSeen) -> Check:
    held = seen.antivirus
    if held and seen.signature_days is not None:
        held = seen.signature_days <= STALE
    return Check(name="antivirus", held=held, numbers=_known(signature_days=seen.signature_days))


def _supported(seen: MachineSeen) -> Check:
    if seen.supported_until is None:
        return Check(name="supported", held=None)
    left = (seen.supported_until - seen.at.date()).days
    return Check(name="supported", held=left >= 0, numbers={"support_days": max(0, left)})


def _updates(seen: MachineSeen) -> Check:
    """Judge the age of updates: none may be looked for, or those for security may wait."""
    looked, made, waiting = seen.refreshed_days, seen.updated_days, seen.pending
    if looked is None and made is None:
        return Check(name="updates", held=None)
    stale = looked is not None and looked > LATE
    long_ago = made is None or made > LATE
    waits = bool(waiting) and long_ago
    unseen = waiting is None and looked is None and long_ago  # Windows: a month without a fix
    return Check(
        name="updates",
        held=not (stale or waits or (unseen and (made or 0) > 3 * LATE)),
        numbers=_known(update_days=looked if made is None else made, pending=waiting),
    )


def _clock(seconds: int | None) -> Check:
    if seconds is None:
        return Check(name="clock", held=None)
    return Check(name="clock", held=abs(seconds) <= OFF, numbers={"clock_seconds": abs(seconds)})


def _known(**numbers: int | None) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number is not None}
