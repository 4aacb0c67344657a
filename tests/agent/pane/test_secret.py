"""Tokens: one kind is never another, and none outlives its time."""

import pytest

from vigie.agent.pane import secret

KEY, OTHER = secret.new(), secret.new()
NOW = 1_790_000_000.0


def test_two_machines_have_two_paths() -> None:
    assert secret.segment(KEY) != secret.segment(OTHER)
    assert len(secret.segment(KEY)) == 32


@pytest.mark.parametrize("later", [0, 59, 60])
def test_a_ticket_is_good_for_a_minute(later: int) -> None:
    assert secret.Tickets(KEY).take(secret.ticket(KEY, NOW), NOW + later)


@pytest.mark.parametrize("later", [-6, 61, 3600])
def test_a_ticket_is_good_no_longer(later: int) -> None:
    assert not secret.Tickets(KEY).take(secret.ticket(KEY, NOW), NOW + later)


def test_the_ticket_of_another_machine_opens_nothing() -> None:
    assert not secret.Tickets(KEY).take(secret.ticket(OTHER, NOW), NOW)


@pytest.mark.parametrize("untrusted", ["", "-", "--", "1-2-3", "٣-a-b", "9" * 5000, "é-\udce9-x"])
def test_nonsense_is_refused_and_never_raises(untrusted: str) -> None:
    assert not secret.Tickets(KEY).take(untrusted, NOW)
    assert not secret.session_holds(KEY, untrusted, NOW)
