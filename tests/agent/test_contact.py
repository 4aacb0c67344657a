import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from small_console import MACHINE, Console
from wire_items import a_report

from vigie.agent import contact as contact_module
from vigie.agent.backoff import Backoff
from vigie.agent.contact import LONG_CAP, Contact
from vigie.agent.enrolment import Enrolment, Membership
from vigie.agent.link import Link
from vigie.agent.spool import Spool
from vigie.wire.reports import SignedOrder

CODE = "ABCD-EFGH-JKLM-NPQR"
LIMIT = 60  # seconds a busy machine may need for anything here


@dataclass
class Side:
    """The machine's side of the line."""

    contact: Contact
    spool: Spool
    admitted: list[Membership] = field(default_factory=list)
    orders: list[SignedOrder] = field(default_factory=list)


@pytest.fixture
def side(console: Console, tmp_path: Path) -> Iterator[Side]:
    console.approved = False
    console.caretakers = ("c" * 43,)
    enrolment = Enrolment(tmp_path)
    enrolment.apply(CODE, console.address, authority=console.authority)
    spool = Spool(tmp_path / "spool.db")
    link = Link(console.address, enrolment.key, authority=console.authority)
    admitted: list[Membership] = []
    orders: list[SignedOrder] = []

    def ordered(lot: Sequence[SignedOrder]) -> None:
        orders.extend(lot)

    contact = Contact(
        enrolment,
        link,
        spool,
        admitted=admitted.append,
        ordered=ordered,
        rhythm=timedelta(milliseconds=50),
        backoff=Backoff(draw=lambda _low, high: high),
    )
    yield Side(contact, spool, admitted, orders)
    contact.stop()
    spool.close()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_nothing_is_told_before_the_caretaker_has_approved(console: Console, side: Side) -> None:
    side.spool.add(a_report())
    side.contact.step()
    assert (side.spool.waiting(), side.admitted) == (1, [])
    console.approved = True
    side.contact.step()
    assert [membership.machine for membership in side.admitted] == [MACHINE]
    assert side.spool.waiting() == 0
    side.contact.step()
    assert len(side.admitted) == 1


def test_orders_are_handed_on(console: Console, side: Side) -> None:
    console.approved = True
    console.orders = [SignedOrder(body="{}", key="k" * 43, signature="s" * 86)]
    side.contact.step()
    assert side.orders == console.orders


def test_what_waits_is_sent_without_a_pause_and_an_empty_spool_waits(
    console: Console, side: Side
) -> None:
    console.approved = True
    side.spool.add(*(a_report() for _ in range(501)))
    assert side.contact.step() == timedelta(0)
    assert side.contact.step() == timedelta(milliseconds=50)


def test_failures_wait_longer_each_time_and_an_hour_after_a_long_absence(
    console: Console, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.refuse = lambda _path, _body: 503
    waits = [side.contact.step().total_seconds() for _ in range(8)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    monkeypatch.setattr(contact_module, "LONG_ABSENCE", timedelta(0))
    for _ in range(10):
        last = side.contact.step()
    assert last == LONG_CAP
    console.refuse = lambda _path, _body: None
    side.contact.step()
    console.refuse = lambda _path, _body: 503
    monkeypatch.setattr(contact_module, "LONG_ABSENCE", timedelta(hours=1))
    assert side.contact.step() == timedelta(seconds=1)


def test_the_thread_sends_at_once_what_is_urgent_and_ends_when_told(
    console: Console, side: Side
) -> None:
    console.approved = True
    side.contact.start()
    until(lambda: console.sizes)
    item = a_report()
    side.spool.add(item)
    side.contact.hurry()
    until(lambda: item in console.kept)
    side.contact.stop()
    assert not side.contact.alive


def test_a_console_that_comes_back_is_found_again(console: Console, side: Side) -> None:
    console.approved = True
    console.refuse = lambda _path, _body: 500
    side.contact.start()
    until(lambda: len(console.headers) >= 2)
    side.spool.add(a_report())
    console.refuse = lambda _path, _body: None
    until(lambda: console.kept)
    assert side.contact.alive
