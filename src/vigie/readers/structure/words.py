"""A structure as plain words, for the way out of the sandbox; and back, believing nothing."""

from typing import Any

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.domain.finding import SLUG
from vigie.readers.structure import inspect_descriptor

_LONGEST_SLUG = 40


def read(descriptor: int, *, name: str, work: int) -> list[str | int | bool]:
    """Return what `inspect_descriptor` sees, as five plain values."""
    seen = inspect_descriptor(descriptor, name=name, work=work)
    return [seen.kind.value, seen.soundness.value, seen.size, seen.sealed, seen.defect]


def structure(untrusted_answer: Any, *, size: int) -> Structure:  # noqa: ANN401  (it may be anything)
    """Return the structure that the sandbox answered; `size` is what the system says of the file.

    Raise ValueError for an answer that is none.
    """
    match untrusted_answer:
        case [str() as kind, str() as soundness, int(), bool() as sealed, str() as defect]:
            if defect and (len(defect) > _LONGEST_SLUG or not SLUG.fullmatch(defect)):
                raise ValueError("not a defect")
            return Structure(
                kind=Kind(kind),
                soundness=Soundness(soundness),
                size=size,
                sealed=sealed,
                defect=defect,
            )
        case _:
            raise ValueError("not a structure")
