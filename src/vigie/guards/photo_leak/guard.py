"""Photo leak: a photo about to be published shows a screen, a paper, a face, or says where it was.

One finding for each kind of thing, whatever the number: a person reads one sentence about the
screens, not four. Nothing found is a finding too, a note: the copy is made all the same, and a
person is asked; a photo is never called safe.
"""

from collections.abc import Iterator, Sequence

from vigie.domain.evidence.pictures import Hidden, Photo, PhotoOffered, Place
from vigie.domain.evidence.writing import IDENTIFIERS, Kind
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard

_SHOWN = {
    Place.SCREEN: ("screen_shown", Gravity.ALARM),
    Place.PAPER: ("paper_shown", Gravity.ALARM),
    Place.NOTE: ("note_shown", Gravity.ALARM),
    Place.CARD: ("card_shown", Gravity.ALARM),
    Place.FACE: ("face_shown", Gravity.CONCERN),  # a person may have said yes
    Place.CODE: ("code_shown", Gravity.CONCERN),
    Place.TEXT: ("text_shown", Gravity.CONCERN),  # a name on a door, or the word "exit"
}
FACTS = {fact: place for place, (fact, _) in _SHOWN.items()}
# What a telephone writes into every photo tells when and with what; the copy lacks it anyway.
_EVERYDAY = frozenset({Hidden.CAMERA, Hidden.OTHER})
# A practice's own telephone, address and page stand on its sign: they are hidden, not spoken of.
_NUMBERS = IDENTIFIERS - {Kind.PHONE, Kind.MAIL, Kind.URL, Kind.ACCOUNT, Kind.SIRET, Kind.FINESS}
_READABLE = {
    (True, True): "name_and_number_readable",
    (True, False): "name_readable",
    (False, True): "number_readable",
}
_LEGIBLE = 3  # letters: fewer were read into a pattern


def judge(seen: Sequence[PhotoOffered]) -> Iterator[Finding]:
    """Say what the newest photo shows and hides."""
    offered = seen[-1]
    photo, about = offered.photo, {"subject": offered.handle, "photo": offered.name or "?"}
    if not photo.shows:
        yield Finding(
            gravity=Gravity.CONCERN, fact="photo_unread", clues={**about, "reason": photo.defect}
        )
        return
    yield from _said(photo, about)  # first: what can be read is what a person is told
    shown = list(_shown(photo, about))
    yield from shown
    if offered.left:
        yield Finding(
            gravity=Gravity.ALARM,
            fact="copy_still_shows",
            numbers={"places": offered.left},
            clues=about,
        )
    if photo.hidden - _EVERYDAY:
        yield from _carried(photo.hidden, about)
    elif photo.hidden:
        yield Finding(gravity=Gravity.NOTE, fact="traces_carried", clues=about)
    if photo.frames > 1:
        numbers = {"frames": photo.frames}
        yield Finding(gravity=Gravity.NOTE, fact="frames_dropped", numbers=numbers, clues=about)
    if photo.defect == "cut_short":
        yield Finding(gravity=Gravity.NOTE, fact="photo_cut_short", clues=about)
    if not shown:
        yield Finding(gravity=Gravity.NOTE, fact="nothing_recognised", clues=about)


def _said(photo: Photo, about: dict[str, str]) -> Iterator[Finding]:
    names = sum(kind is Kind.NAME for kind in photo.says)
    numbers = sum(kind in _NUMBERS for kind in photo.says)
    fact = _READABLE.get((names > 0, numbers > 0))
    if fact:
        counts = {"names": names, "numbers": numbers}
        yield Finding(gravity=Gravity.ALARM, fact=fact, numbers=counts, clues=about)


def _shown(photo: Photo, about: dict[str, str]) -> Iterator[Finding]:
    for place, (fact, gravity) in _SHOWN.items():
        if spots := [spot for spot in photo.spots if spot.place is place]:
            lines = sum(legible(line) for spot in spots for line in spot.lines)
            yield Finding(
                gravity=gravity,
                fact=fact,
                numbers={"places": len(spots), "lines": lines},
                clues=about,
            )


def legible(line: str) -> bool:
    """Return whether a line that was read is more than a pattern."""
    return sum(letter.isalnum() for letter in line) >= _LEGIBLE


def _carried(hidden: frozenset[Hidden], about: dict[str, str]) -> Iterator[Finding]:
    if Hidden.POSITION in hidden:
        yield Finding(gravity=Gravity.CONCERN, fact="position_carried", clues=about)
    if hidden & {Hidden.THUMBNAIL, Hidden.WORDS, Hidden.TRAILER}:
        yield Finding(gravity=Gravity.CONCERN, fact="words_carried", clues=about)


GUARD = Guard(watches=PhotoOffered, judge=judge)
