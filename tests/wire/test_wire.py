"""What travels comes back the same; what does not belong is refused."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import Proof
from vigie.domain.response import Deed, Outcome, Result
from vigie.domain.verdict import Report, SeenFact
from vigie.wire import orders, reports
from vigie.wire.envelope import WINDOW, Request, fresh

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,8}(_[a-z0-9]{1,8}){0,2}", fullmatch=True)
NUMBERS = st.dictionaries(SLUGS, st.integers(-(2**53), 2**53), max_size=16)
IDS = st.uuids().map(lambda u: u.hex)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FACTS = st.builds(SeenFact, fact=SLUGS, gravity=st.sampled_from(Gravity), numbers=NUMBERS)
OUTCOMES = st.builds(
    Outcome,
    deed=st.sampled_from(Deed),
    result=st.sampled_from(Result),
    at=TIMES,
    numbers=NUMBERS,
    reason=SLUGS | st.just(""),
)
REPORTS = st.builds(
    Report,
    id=IDS,
    danger=st.sampled_from(Danger),
    at=TIMES,
    machine=st.just("m"),
    facts=st.lists(FACTS, min_size=1, max_size=4).map(tuple),
    outcomes=st.lists(OUTCOMES, max_size=4).map(tuple),
)


@given(REPORTS)
def test_a_report_arrives_as_it_left(report: Report) -> None:
    batch = reports.Batch(items=(reports.report_word(report),))
    (word,) = reports.decode_batch(reports.encode(batch)).items
    assert isinstance(word, reports.ReportWord)
    assert reports.report_from(word, machine="m") == report


def test_a_proof_arrives_as_it_left() -> None:
    proof = Proof(
        id="0" * 32,
        danger=Danger.RANSOMWARE,
        trial="restore_proven",
        held=True,
        machine="m",
        at=NOW,
        expires=NOW + timedelta(days=8),
        numbers={"files": 60},
    )
    word = reports.proof_word(proof, number=1, previous="0" * 64, digest="f" * 64)
    again = reports.decode_item(reports.encode(word))
    assert isinstance(again, reports.ProofWord)
    assert reports.proof_from(again, machine="m") == proof


@pytest.mark.parametrize(
    "item",
    [
        b'{"type":"report","id":"x"}',
        b'{"type":"shell","id":"00000000000000000000000000000000"}',
        (
            b'{"type":"gap","id":"00000000000000000000000000000000","dropped":1,'
            b'"at":"2026-11-23T08:12:00Z","since":"2026-11-23T08:12:00Z",'
            b'"until":"2026-11-23T08:12:00Z","subject":"Mme Petit"}'
        ),
    ],
)
def test_what_does_not_belong_is_refused(item: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        reports.decode_item(item)


@given(st.binary(max_size=200))
def test_hostile_bytes_are_refused_and_never_crash(untrusted: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError)):
        reports.decode_batch(untrusted)


@pytest.mark.parametrize("minutes", [0, 61, -1])
def test_no_order_pauses_the_watch_for_longer_than_an_hour(minutes: int) -> None:
    wish = {"order": "pause", "danger": "ransomware", "minutes": minutes}
    body = {
        "practice": "a" * 16,
        "machine": "b" * 16,
        "sequence": 1,
        "expires": "2026-11-23T09:00:00Z",
        "wish": wish,
    }
    with pytest.raises(msgspec.ValidationError):
        orders.decode(msgspec.json.encode(body))


def test_the_orders_are_a_closed_list_without_a_verb_to_run_anything() -> None:
    schema = msgspec.json.schema(orders.Order)
    verbs = {name for name in schema["$defs"] if name != "Order"}
    asked = {"Rehearse", "BackUpNow", "ProveRestore", "UndoDeeds", "Pause", "AllowKey", "ForgetKey"}
    asked |= {"UpdateTonight", "PostponeUpdates", "RollBackUpdate"}
    asked |= {"ScanNetwork", "ReleaseHeld", "DestroyHeld", "TrustKey", "TrustPasskey", "Distrust"}
    assert verbs == asked | {"Danger", "Leave", "Passkey"}


@given(
    st.tuples(*[st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=9)] * 4),
    st.binary(max_size=20),
    st.binary(max_size=20),
)
def test_two_requests_that_differ_are_signed_differently(
    parts: tuple[str, str, str, str], body: bytes, other: bytes
) -> None:
    method, path, machine, name = parts

    def request(content: bytes) -> Request:
        return Request(method=method, path=path, machine=machine, at=NOW, id=name, body=content)

    assert (request(body).canonical() == request(other).canonical()) is (body == other)


def test_a_request_is_fresh_for_five_minutes_either_way() -> None:
    assert fresh(NOW - WINDOW, NOW)
    assert fresh(NOW + WINDOW, NOW)
    assert not fresh(NOW - WINDOW - timedelta(seconds=1), NOW)
