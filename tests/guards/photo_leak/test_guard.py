from collections.abc import Iterable
from datetime import UTC, datetime

from vigie.domain.evidence.pictures import Box, Hidden, Photo, PhotoOffered, Place, Spot
from vigie.domain.evidence.writing import Kind
from vigie.domain.finding import Finding, Gravity
from vigie.guards.photo_leak.guard import FACTS, judge, legible

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def spot(place: Place, *lines: str) -> Spot:
    return Spot(place=place, box=Box(0, 0, 9, 9), outline=(0, 0, 9, 0, 9, 9), lines=lines)


def said(*spots: Spot, says: Iterable[Kind] = (), hidden: Iterable[Hidden] = ()) -> list[Finding]:
    photo = Photo(width=800, height=600, spots=spots, says=tuple(says), hidden=frozenset(hidden))
    return list(judge([PhotoOffered(at=AT, machine="m", photo=photo, handle="h", name="a.jpg")]))


def test_three_screens_are_one_sentence_with_a_number() -> None:
    (finding,) = said(*[spot(Place.SCREEN, "MARTIN Léa", "--")] * 3)
    assert finding.fact == "screen_shown"
    assert finding.numbers == {"places": 3, "lines": 3}
    assert finding.gravity is Gravity.ALARM


def test_what_can_be_read_is_said_before_where_it_stands() -> None:
    findings = said(spot(Place.SCREEN, "x"), says=(Kind.NAME, Kind.NAME, Kind.NIR))
    assert [f.fact for f in findings] == ["name_and_number_readable", "screen_shown"]
    assert findings[0].numbers == {"names": 2, "numbers": 1}


def test_the_telephone_on_a_practices_sign_is_no_number_of_a_patient() -> None:
    findings = said(spot(Place.TEXT, "Cabinet 01 23 45 67 89"), says=(Kind.PHONE, Kind.URL))
    assert [f.fact for f in findings] == ["text_shown"]


def test_every_kind_of_place_has_its_fact() -> None:
    assert set(FACTS.values()) == set(Place)
    for fact, place in FACTS.items():
        assert [f.fact for f in said(spot(place))] == [fact]


def test_no_word_of_a_photo_is_in_a_finding() -> None:
    findings = said(spot(Place.NOTE, "mdp Soleil2024!"), says=(Kind.NAME,))
    assert "Soleil" not in str(findings)


def test_a_photo_is_never_called_safe() -> None:
    (finding,) = said()
    assert finding.fact == "nothing_recognised"
    assert finding.gravity is Gravity.NOTE


def test_what_every_telephone_writes_interrupts_nobody() -> None:
    assert {f.gravity for f in said(hidden=(Hidden.CAMERA, Hidden.OTHER))} == {Gravity.NOTE}
    assert Gravity.CONCERN in {f.gravity for f in said(hidden=(Hidden.POSITION,))}


def test_a_line_is_legible_from_three_letters_on() -> None:
    assert legible("né 3")
    assert not legible("- . 4")
