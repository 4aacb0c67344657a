import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.knowledge.becoming import unreadable, worse

STRUCTURES = st.builds(
    Structure,
    kind=st.sampled_from(Kind),
    soundness=st.sampled_from(Soundness),
    size=st.integers(0, 10**9),
    sealed=st.booleans(),
)


def sound(kind: Kind, *, sealed: bool = False) -> Structure:
    return Structure(kind=kind, soundness=Soundness.SOUND, size=1000, sealed=sealed)


BROKEN = Structure(kind=Kind.PDF, soundness=Soundness.BROKEN, size=1000)
NOISE = Structure(kind=Kind.NOISE, soundness=Soundness.UNSURE, size=1000)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sound(Kind.PDF), NOISE),
        (sound(Kind.PDF), BROKEN),
        (sound(Kind.OOXML), sound(Kind.TEXT)),
        (sound(Kind.JPEG), sound(Kind.OPENPGP, sealed=True)),
        (sound(Kind.SQLITE), sound(Kind.TEXT)),
        (sound(Kind.PDF), sound(Kind.EMPTY)),
    ],
)
def test_this_is_harm(before: Structure, after: Structure) -> None:
    assert worse(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (sound(Kind.OLE), sound(Kind.OOXML)),
        (sound(Kind.JPEG), sound(Kind.PNG)),
        (sound(Kind.PDF), sound(Kind.PDF, sealed=True)),
        (sound(Kind.TEXT), sound(Kind.OOXML)),
        (sound(Kind.EMPTY), sound(Kind.PDF)),
        (BROKEN, BROKEN),
        (NOISE, NOISE),
    ],
)
def test_this_is_work(before: Structure, after: Structure) -> None:
    assert not worse(before, after)


@given(STRUCTURES)
def test_noise_was_never_better(before: Structure) -> None:
    assert not worse(NOISE, NOISE)
    assert worse(before, NOISE) == (before.kind is not Kind.NOISE)


@given(STRUCTURES)
def test_a_sound_document_that_stays_what_it_is_is_never_worse(one: Structure) -> None:
    if one.kind is not Kind.NOISE and one.soundness is Soundness.SOUND and not one.sealed:
        assert not worse(one, one)
        assert not unreadable(one)
