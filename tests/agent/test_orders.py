import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from small_console import MACHINE, PRACTICE

from vigie.agent.orders import MOST_TRIES, Orders, Taken, WishFailed
from vigie.agent.signers import Allegiance
from vigie.domain.danger import Danger
from vigie.domain.response import Deed, Outcome, Result
from vigie.domain.verdict import Report
from vigie.phrasebook import vocabulary
from vigie.tools import keys
from vigie.wire import orders
from vigie.wire.orders import BackUpNow, Order, Pause, ProveRestore, UndoDeeds
from vigie.wire.reports import SignedOrder, report_word

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CARETAKER = Ed25519PrivateKey.generate()


def signed(sequence: int = 1, key: Ed25519PrivateKey = CARETAKER, **changes: object) -> SignedOrder:
    said: dict[str, Any] = {
        "practice": PRACTICE,
        "machine": MACHINE,
        "expires": NOON + timedelta(hours=1),
        "wish": BackUpNow(),
        **changes,
    }
    body = orders.encode(Order(sequence=sequence, **said))
    return SignedOrder(
        body=body.decode(), key=keys.public_text(key), signature=keys.sign(key, body)
    )


@dataclass
class Post:
    """A machine under orders: what it did and what it said."""

    path: Path
    now: datetime = NOON
    done: list[Taken] = field(default_factory=list)
    said: list[Report] = field(default_factory=list)
    fulfil: Callable[[Taken], tuple[Outcome, ...]] | None = None

    def open(self) -> Orders:
        def fulfil(taken: Taken) -> tuple[Outcome, ...]:
            self.done.append(taken)
            return self.fulfil(taken) if self.fulfil else ()

        return Orders(
            self.path,
            allegiance=lambda: Allegiance(
                practice=PRACTICE, machine=MACHINE, caretakers=(keys.public_text(CARETAKER),)
            ),
            fulfil={BackUpNow: fulfil, UndoDeeds: fulfil, Pause: fulfil},
            tell=self.said.append,
            clock=lambda: self.now,
        )

    def facts(self) -> list[tuple[str, dict[str, int]]]:
        return [(f.fact, dict(f.numbers)) for report in self.said for f in report.facts]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path / "orders.db")


@pytest.fixture
def register(post: Post) -> Iterator[Orders]:
    register = post.open()
    yield register
    register.close()


def test_a_genuine_order_is_taken_then_carried_out_once(post: Post, register: Orders) -> None:
    assert register.take([signed(7)]) == 1
    assert post.done == []
    register.carry_out()
    register.carry_out()
    assert [taken.sequence for taken in post.done] == [7]
    assert post.facts() == [("order_taken", {"sequence": 7}), ("order_done", {"sequence": 7})]


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (signed(key=Ed25519PrivateKey.generate()), "forged"),
        (
            SignedOrder(body=signed(2).body, key=signed().key, signature=signed(1).signature),
            "forged",
        ),
        (
            SignedOrder(
                body=signed().body.replace("back_up_now", "back_up_now "),
                key=signed().key,
                signature=signed().signature,
            ),
            "forged",
        ),
        (signed(practice="q" * 16), "misaddressed"),
        (signed(machine="n" * 16), "misaddressed"),
        (signed(expires=NOON), "expired"),
        (signed(wish=ProveRestore()), "not_wired"),
        (signed(sequence=2**60), "unreadable"),
    ],
)
def test_what_is_not_in_order_is_refused_aloud_and_nothing_is_done(
    post: Post, register: Orders, order: SignedOrder, reason: str
) -> None:
    assert register.take([order]) == 0
    register.carry_out()
    assert post.done == []
    ((fact, numbers),) = post.facts()
    assert fact == "order_refused"
    assert numbers[reason] == 1


def test_a_word_signed_by_the_caretaker_that_is_none_of_ours_is_refused(
    post: Post, register: Orders
) -> None:
    for body in (b"{}", b"run rm -rf /", b'{"order":"shell"}'):
        register.take(
            [
                SignedOrder(
                    body=body.decode(),
                    key=keys.public_text(CARETAKER),
                    signature=keys.sign(CARETAKER, body),
                )
            ]
        )
    assert post.done == []
    assert post.facts() == [("order_refused", {"unreadable": 1})]


def test_a_replay_is_refused_in_this_life_and_the_next(post: Post, register: Orders) -> None:
    register.take([signed(3)])
    register.carry_out()
    register.take([signed(3)])
    register.take([signed(2)])
    register.close()
    later = post.open()
    assert later.take([signed(3)]) == 0
    later.carry_out()
    later.close()
    assert len(post.done) == 1
    refused = [numbers for fact, numbers in post.facts() if fact == "order_refused"]
    assert {"replayed": 1, "sequence": 3} in refused
    assert {"replayed": 1, "sequence": 2} in refused


def test_orders_that_a_console_shuffled_are_taken_in_the_caretakers_order(
    post: Post, register: Orders
) -> None:
    assert register.take([signed(3), signed(1), signed(2)]) == 3
    register.carry_out()
    assert [taken.sequence for taken in post.done] == [1, 2, 3]


def test_one_lot_that_carries_an_order_twice_is_no_replay(post: Post, register: Orders) -> None:
    assert register.take([signed(1), signed(1)]) == 1
    assert post.facts() == [("order_taken", {"sequence": 1})]


def test_a_hostile_console_cannot_fill_the_spool_with_refusals(
    post: Post, register: Orders
) -> None:
    for number in range(1, 200):
        register.take([signed(number, key=Ed25519PrivateKey.generate())])
    assert len(post.said) == 1


def test_a_clock_set_back_revives_no_order(post: Post, register: Orders) -> None:
    register.take([signed(5)])
    register.carry_out()
    post.now = NOON - timedelta(days=1)
    assert register.take([signed(5), signed(4)]) == 0


def test_what_fails_is_told_and_not_tried_for_ever(post: Post, register: Orders) -> None:
    failures: list[Exception] = [WishFailed("no disk"), OSError("no disk"), KeyError("bug")]

    def fail(_: Taken) -> tuple[Outcome, ...]:
        raise failures.pop()

    post.fulfil = fail
    register.take([signed(1), signed(2), signed(3)])
    register.carry_out()
    register.carry_out()
    assert [fact for fact, _ in post.facts()].count("order_failed") == 3
    assert len(post.done) == 3


def test_outcomes_travel_and_a_failed_one_means_a_failed_order(
    post: Post, register: Orders
) -> None:
    failed = Outcome(deed=Deed.ISOLATE, result=Result.FAILED, at=NOON, reason="no_permission")
    post.fulfil = lambda _: (failed,)
    register.take([signed(1, wish=UndoDeeds(report="0" * 32))])
    register.carry_out()
    assert post.said[-1].facts[0].fact == "order_failed"
    assert post.said[-1].outcomes == (failed,)


def test_an_order_taken_before_a_kill_is_carried_out_once_after_it(post: Post) -> None:
    child = os.fork()
    if child == 0:
        try:
            post.open().take([signed(9)])
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    for _ in range(3):
        later = post.open()
        assert later.take([signed(9)]) == 0
        later.carry_out()
        later.close()
    assert [taken.sequence for taken in post.done] == [9]


def test_an_order_that_was_taken_and_reported_at_each_start_has_one_report(post: Post) -> None:
    register = post.open()
    register.take([signed(1)])
    at = post.now
    post.now = at + timedelta(minutes=3)
    register.carry_out()
    register._base.execute("UPDATE taken SET ended = 0")  # as if killed before it was written down
    register.carry_out()
    register.close()
    done = [report.id for report in post.said if report.facts[0].fact == "order_done"]
    assert len(done) == 2
    assert len(set(done)) == 1
    assert {taken.at for taken in post.done} == {at}


def test_an_order_that_kills_the_agent_each_time_is_given_up(post: Post) -> None:
    register = post.open()
    register.take([signed(1)])
    register.close()
    for _ in range(MOST_TRIES):
        child = os.fork()
        if child == 0:
            try:
                post.fulfil = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[func-returns-value,return-value]
                post.open().carry_out()
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
    post.fulfil = None
    register = post.open()
    register.carry_out()
    register.close()
    assert post.done == []
    assert post.facts()[-1][0] == "order_failed"


def test_a_pause_is_reported_about_its_own_danger(post: Post, register: Orders) -> None:
    register.take([signed(1, wish=Pause(danger=Danger.STRAY_USB_KEY, minutes=5))])
    assert post.said[0].danger is Danger.STRAY_USB_KEY


def test_everything_said_about_orders_is_in_the_closed_vocabulary(
    post: Post, register: Orders
) -> None:
    register.take([signed(1), signed(2, machine="n" * 16)])
    register.take([signed(1)])
    register.carry_out()
    spoken = vocabulary(Danger.RANSOMWARE).facts
    for report in post.said:
        assert report_word(report)
        for fact in report.facts:
            assert set(fact.numbers) <= spoken[fact.fact]
