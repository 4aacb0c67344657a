from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disk import fill, small_disk
from wire_items import a_heartbeat, a_report

from vigie.agent.outbox import MOST_HELD, Outbox
from vigie.agent.spool import Spool
from vigie.domain.finding import Gravity


def test_what_is_kept_is_in_the_spool_and_harm_and_blindness_are_announced_at_once(
    tmp_path: Path,
) -> None:
    calls: list[None] = []
    spool = Spool(tmp_path / "spool.db")
    outbox = Outbox(spool, lambda: calls.append(None))
    outbox.keep(a_heartbeat())
    assert calls == []
    outbox.keep(a_report())
    outbox.keep(a_report(Gravity.ALARM))
    outbox.keep(a_heartbeat(), first=True)
    assert (spool.waiting(), len(calls)) == (4, 3)
    spool.close()


@pytest.fixture
def full_spool(tmp_path: Path) -> Iterator[tuple[Spool, Path]]:
    with small_disk(tmp_path / "disk", "4m") as place:
        spool = Spool(place / "spool.db")
        yield spool, fill(place)
        spool.close()


@pytest.mark.kernel
def test_reports_wait_in_memory_while_the_disk_is_full_and_are_kept_once_it_is_not(
    full_spool: tuple[Spool, Path],
) -> None:
    spool, ballast = full_spool
    outbox = Outbox(spool)
    items = [a_report() for _ in range(100)]
    for item in items:
        outbox.keep(item)
        outbox.keep(a_heartbeat())
    assert outbox.troubled
    assert spool.waiting() < len(items)
    ballast.unlink()
    for _ in range(5):  # the loop settles at each tick
        outbox.settle()
    assert not outbox.troubled
    reports = [item.id for item in spool.lease(500, 10**7) if item.id in {i.id for i in items}]
    assert reports == [item.id for item in items]


def test_memory_is_bounded_while_the_spool_may_hold_no_more(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", most_bytes=1)
    outbox = Outbox(spool)
    for _ in range(20):
        outbox.keep(a_report())
        outbox.keep(a_heartbeat())
    assert outbox.troubled
    assert len(outbox._held) == 20
    assert outbox._held.maxlen == MOST_HELD
    spool.close()
