"""A photo of a workplace: passwords on notes, and screens left open with nobody before them.

What stands on a note is counted and dies in the reader's answer: no clue carries it.
"""

from collections.abc import Iterator

from vigie.domain.evidence.pictures import Photo, Place, Spot, WorkplaceSeen
from vigie.domain.finding import Finding, Gravity
from vigie.knowledge.passwords.sticky import logins, passwords

# A locked screen shows a clock, a date and a name; what is open shows a list or a form.
_OPEN = 5  # lines
# Where a password may have been written by hand or stuck on; on a screen it is somebody's work.
_WRITTEN = frozenset({Place.NOTE, Place.PAPER, Place.TEXT})


def judge_workplace(seen: WorkplaceSeen) -> Iterator[Finding]:
    """Say what of a workplace any visitor could read."""
    photo, clues = seen.photo, {"subject": seen.handle, "photo": seen.name or "?"}
    if not photo.shows:
        unread = {**clues, "reason": photo.defect}
        yield Finding(gravity=Gravity.CONCERN, fact="workplace_unread", clues=unread)
        return
    for fact, gravity, spots in (
        ("password_on_note", Gravity.ALARM, with_password(photo)),
        ("login_on_note", Gravity.CONCERN, with_login(photo)),
        ("screen_left_open", Gravity.CONCERN, left_open(photo)),
    ):
        if spots:
            numbers = {"places": len(spots)}
            yield Finding(gravity=gravity, fact=fact, numbers=numbers, clues=clues)


def with_password(photo: Photo) -> tuple[Spot, ...]:
    """Return the notes and papers on which something looks like a password."""
    written = (spot for spot in photo.spots if spot.place in _WRITTEN)
    return tuple(spot for spot in written if passwords(spot.lines))


def with_login(photo: Photo) -> tuple[Spot, ...]:
    """Return the notes that name an account, and hold nothing that looks like its password."""
    notes = (spot for spot in photo.spots if spot.place is Place.NOTE)
    return tuple(spot for spot in notes if logins(spot.lines) and not passwords(spot.lines))


def left_open(photo: Photo) -> tuple[Spot, ...]:
    """Return the screens that show somebody's work while no face is seen in the photo."""
    if any(spot.place is Place.FACE for spot in photo.spots):
        return ()
    return tuple(s for s in photo.spots if s.place is Place.SCREEN and s.rows >= _OPEN)
