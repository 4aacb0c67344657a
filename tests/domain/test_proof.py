"""Proofs are chained and expire; a changed or missing row is found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.proof import Entry, Proof, Standing, append, canonical, first_break, standing

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


def proof(*, held: bool = True, lasts: timedelta = timedelta(days=8)) -> Proof:
    return Proof(
        id="0" * 32,
        danger=Danger.RANSOMWARE,
        trial="restore_proven",
        held=held,
        machine="m",
        at=NOW,
        expires=NOW + lasts,
    )


def chain(bodies: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    for body in bodies:
        entries.append(append(entries[-1] if entries else None, body))
    return entries


def test_nothing_tried_is_blind() -> None:
    assert standing(None, now=NOW) is Standing.BLIND


@pytest.mark.parametrize("held", [True, False])
def test_an_expired_proof_is_blind_whatever_it_said(held: bool) -> None:  # noqa: FBT001
    assert standing(proof(held=held), now=NOW + timedelta(days=8)) is Standing.BLIND


def test_only_a_proof_that_held_is_proven() -> None:
    assert standing(proof(), now=NOW) is Standing.PROVEN
    assert standing(proof(held=False), now=NOW) is Standing.TO_DO


def test_an_open_matter_keeps_a_proven_promise_under_watch() -> None:
    assert standing(proof(), now=NOW, concerns=1) is Standing.TO_WATCH


@given(st.lists(st.text(), max_size=8))
def test_an_untouched_chain_has_no_break(bodies: list[str]) -> None:
    assert first_break(chain(bodies)) is None


@given(st.lists(st.text(), min_size=1, max_size=8), st.data())
def test_a_changed_row_is_found_where_it_is(bodies: list[str], data: st.DataObject) -> None:
    entries = chain(bodies)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = replace(entries[place], body=entries[place].body + "x")
    assert first_break(entries) == place + 1


@given(st.lists(st.text(), min_size=2, max_size=8), st.data())
def test_a_missing_row_is_found(bodies: list[str], data: st.DataObject) -> None:
    entries = chain(bodies)
    place = data.draw(st.integers(0, len(entries) - 2))
    del entries[place]
    assert first_break(entries) == place + 1


def test_a_record_has_one_text() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'
