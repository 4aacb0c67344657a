"""Becoming: what a document may turn into by honest work, and what only harm makes of it.

Entropy alone says nothing (an honest ZIP or JPEG has as much as noise), nor does a new name:
what counts is what the content was, and what it is now.
"""

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.knowledge.filetypes import kinds_allowed

_OFFICE = frozenset({Kind.OLE, Kind.OOXML, Kind.OPENDOCUMENT, Kind.RTF})
_PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.GIF, Kind.TIFF, Kind.WEBP, Kind.HEIC})
_PACKED = frozenset({Kind.ZIP, Kind.SEVEN_ZIP, Kind.GZIP})
_LOOSE = frozenset({Kind.EMPTY, Kind.TEXT, Kind.OTHER, Kind.NOISE})  # may honestly become anything
# An office file saved in another office format, a picture in another picture format: one document.
_KINSHIPS = (_OFFICE, _PICTURES, _PACKED)


def worse(before: Structure, after: Structure) -> bool:
    """Return whether a document's new content is damage, not work.

    Broken or noise after sound; emptied; or turned into a kind that no program makes of it.
    What was no document before (unknown bytes, noise, a broken file) can only be made worse by
    becoming noise.
    """
    if after.kind is Kind.NOISE:
        return before.kind is not Kind.NOISE
    if before.soundness is Soundness.BROKEN:
        return False
    if before.kind is Kind.SQLITE:
        # A live database is between two states; that it still is one is all a look can tell.
        return after.kind not in (Kind.SQLITE, Kind.EMPTY)
    if after.soundness is Soundness.BROKEN:
        return before.soundness is Soundness.SOUND
    return not _kindred(before, after)


def _kindred(before: Structure, after: Structure) -> bool:
    if before.kind in _LOOSE:
        return before.kind is not Kind.TEXT or not after.sealed
    return after.kind is before.kind or any(
        before.kind in kin and after.kind in kin for kin in _KINSHIPS
    )


def as_promised(name: str, after: Structure) -> bool:
    """Return whether content is what a file of this name should hold, whatever it was before.

    False where that cannot be said without a look at what it was.
    """
    if after.soundness is not Soundness.SOUND or after.sealed:
        return False
    allowed = kinds_allowed(name)
    if after.kind in _LOOSE:
        return allowed == {after.kind}
    return after.kind in allowed and not allowed.issuperset(Kind)


def unreadable(new: Structure) -> bool:
    """Return whether a new file is of the sort that takes a document's place in an attack."""
    return new.kind is Kind.NOISE or new.soundness is Soundness.BROKEN


def stand_in(new: Structure) -> bool:
    """Return whether a new file may hold other documents: noise, letters for bytes, an archive."""
    held = new.kind is Kind.TEXT or new.kind in _PACKED or new.sealed
    return held or unreadable(new)


def archive(new: Structure) -> bool:
    """Return whether a new file is a sound archive that anybody can open."""
    return new.kind in _PACKED and not new.sealed and new.soundness is not Soundness.BROKEN
