"""Look after the repositories: structure, a thirtieth of the data a day, and strange keys."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from vigie.domain.finding import Finding, Gravity
from vigie.routines.backups.making import trouble, unplugged
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import Room
from vigie.tools.restic import Restic
from vigie.tools.restic.failures import ResticFailed

LEFT_BEHIND = timedelta(days=1)  # no upload of one pack lasts that long
PARTS = 30  # one part a day: a flipped bit is found within thirty days


def check(
    room: Room,
    place: Place,
    *,
    read: bool = True,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[Finding, ...]:
    """Check one repository and, if `read`, its next thirtieth; return what does not hold.

    Stale locks go first: they would stop the check in silence. Raise RoomHeld if a backup is
    under way.
    """
    with room.held():
        state = room.place(place)
        part = state.part % PARTS + 1
        try:
            restic = room.restic(place)
            restic.unlock()
            restic.sweep(clock() - LEFT_BEHIND)
            findings = list(_strange_keys(room, place, restic))
            restic.check(read=f"{part}/{PARTS}" if read else "")
            count = len(restic.snapshots())
        except ResticFailed as told:
            failure = unplugged(told, used=state.made is not None)
            room.note(place, troubled=failure.trouble.value)
            return (trouble(place, failure),)
        now = clock()
        reading = {"part": part, "read": now} if read else {}
        room.note(place, checked=now, seen=now, snapshots=count, troubled="", **reading)
    return tuple(findings)


def _strange_keys(room: Room, place: Place, restic: Restic) -> tuple[Finding, ...]:
    """Return an alarm if somebody added a key: it opens every backup from anywhere.

    A repository this machine never looked into has its keys noted; from then on they are known.
    The alarm stays until a person has settled it (`accept_keys`).
    """
    keys = tuple(sorted(key.id for key in restic.known_keys()))
    known = room.place(place).keys
    if not known:
        room.note(place, keys=keys)
    strange = len(set(keys) - set(known)) if known else 0
    if not strange:
        return ()
    return (
        Finding(
            gravity=Gravity.ALARM,
            fact="backup_new_key",
            numbers={"keys": strange},
            clues={"subject": place.name, "place": place.name},
        ),
    )


def accept_keys(room: Room, place: Place) -> None:
    """Note the repository's keys as they are: a person has said they are all right."""
    keys = tuple(sorted(key.id for key in room.restic(place).known_keys()))
    room.note(place, keys=keys)
