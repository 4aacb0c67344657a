"""One opinion about a text: what stops it, and what is only said."""

from vigie.domain.danger import Danger
from vigie.domain.evidence.writing import Kind, TextOffered
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed
from vigie.guards.patient_disclosure.guard import judge
from vigie.guards.patient_disclosure.scenes import mark, offered
from vigie.policy.orders import decide


def gravities(seen: TextOffered) -> dict[str, Gravity]:
    return {finding.fact: finding.gravity for finding in judge([seen])}


def test_a_name_a_number_and_an_address_stop_a_text_alone() -> None:
    for kind, fact in (
        (Kind.NAME, "name_written"),
        (Kind.NIR, "identifier_written"),
        (Kind.BIRTH_DATE, "identifier_written"),
        (Kind.ADDRESS, "address_written"),
    ):
        assert gravities(offered(mark(kind))) == {fact: Gravity.ALARM}


def test_a_town_an_age_and_a_date_alone_are_only_said() -> None:
    marks = mark(Kind.TOWN), mark(Kind.AGE, 9), mark(Kind.DATE, 18)
    assert set(gravities(offered(*marks)).values()) == {Gravity.NOTE}
    assert decide(Danger.PATIENT_DISCLOSURE, list(judge([offered(*marks)]))) == ()


def test_a_small_crowd_is_said_with_its_number_and_never_as_nobody() -> None:
    found = [f for f in judge([offered(crowd=0)]) if f.fact == "combination_identifies"]
    assert [dict(finding.numbers) for finding in found] == [{"people": 1}]
    assert gravities(offered(crowd=20)) == {}


def test_what_stops_a_text_is_masked_and_asked_about() -> None:
    deeds = decide(Danger.PATIENT_DISCLOSURE, list(judge([offered(mark(Kind.NAME))])))
    assert [response.deed for response in deeds] == [Deed.MASK, Deed.ASK]


def test_no_finding_carries_a_word_of_the_text() -> None:
    seen = offered(mark(Kind.NAME), mark(Kind.PROFESSION, 9, hint="artisan:m"))
    assert {key for finding in judge([seen]) for key in finding.clues} == {"subject"}
