import os
import signal
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disk import fill, small_disk
from wire_items import NOON, a_heartbeat, a_proof, a_report

from vigie.agent.spool import Lane, Spool, lane_of
from vigie.agent.spool_file import SpoolFull, SpoolTrouble
from vigie.domain.finding import Gravity
from vigie.wire import reports
from vigie.wire.reports import (
    GapWord,
    HeartbeatWord,
    Item,
    ReportWord,
    decode_item,
)


def everything(spool: Spool) -> list[Item]:
    lease = spool.lease(1_000_000, 10**9)
    spool.rollback(lease)
    return [decode_item(item.body) for item in lease]


def drained(spool: Spool) -> list[str]:
    ids = []
    while lease := spool.lease():
        ids += [item.id for item in lease]
        spool.commit(lease, {item.id for item in lease})
    return ids


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool.db")
    yield spool
    spool.close()


def test_harm_leaves_first_then_reports_then_proofs_then_heartbeats(spool: Spool) -> None:
    items = [a_heartbeat(), a_proof(), a_report(), a_report(Gravity.ALARM)]
    spool.add(*items)
    assert everything(spool) == list(reversed(items))
    assert [lane_of(item) for item in items] == list(reversed(Lane))


def test_within_a_lane_the_oldest_leaves_first(spool: Spool) -> None:
    items = [a_report() for _ in range(20)]
    for item in items:
        spool.add(item)
    assert everything(spool) == items


def test_the_same_item_added_twice_is_there_once(spool: Spool) -> None:
    item = a_report()
    spool.add(item)
    spool.add(item, a_report())
    assert spool.waiting() == 2


def test_what_is_leased_is_not_leased_again_until_it_is_given_back(spool: Spool) -> None:
    spool.add(a_report(), a_report())
    first = spool.lease(1)
    second = spool.lease()
    assert {item.id for item in first}.isdisjoint(item.id for item in second)
    assert spool.lease() == ()
    spool.rollback(first)
    assert spool.lease() == first


def test_a_batch_respects_its_size_but_one_item_always_passes(spool: Spool) -> None:
    spool.add(*(a_report() for _ in range(10)))
    one = len(spool.lease(1)[0].body)
    assert len(spool.lease(500, 64 + 3 * (one + 1))) == 3
    assert len(spool.lease(500, 1)) == 1


def test_an_item_the_console_passes_over_three_times_stands_aside_and_gets_another_chance(
    spool: Spool,
) -> None:
    spool.add(a_report())
    for _ in range(3):
        spool.commit(spool.lease(), frozenset())
    assert (spool.waiting(), spool.set_aside()) == (0, 1)
    spool.retry_aside()
    assert (spool.waiting(), spool.set_aside()) == (1, 0)


def test_an_item_that_was_passed_over_waits_behind_the_others(spool: Spool) -> None:
    stubborn, others = a_report(), [a_report(), a_report()]
    spool.add(stubborn)
    spool.commit(spool.lease(), frozenset())
    spool.add(*others)
    assert everything(spool) == [*others, stubborn]


def test_a_draft_leaves_once_it_is_finished_or_its_process_was_killed(spool: Spool) -> None:
    finished, cut = a_report(), a_report()
    spool.draft(finished)
    spool.draft(cut)
    assert spool.lease() == ()
    later = ReportWord(
        id=finished.id, danger=finished.danger, at=finished.at, facts=finished.facts * 2
    )
    spool.add(later)
    assert everything(spool) == [later]
    assert spool.adopt_drafts() == 1
    assert everything(spool) == [later, cut] or everything(spool) == [cut, later]


def test_leases_end_with_their_process(tmp_path: Path) -> None:
    former = Spool(tmp_path / "spool.db")
    former.add(a_report())
    assert former.lease()
    former.close()
    later = Spool(tmp_path / "spool.db")
    assert len(later.lease()) == 1
    later.close()


def test_weeks_offline_drop_the_oldest_heartbeats_and_say_so_with_one_gap(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", most_bytes=50_000, clock=lambda: NOON)
    precious = [a_report(), a_proof()]
    spool.add(*precious)
    beats = [a_heartbeat(minute) for minute in range(400)]
    for beat in beats:
        spool.add(beat)
    kept = everything(spool)
    gaps = [item for item in kept if isinstance(item, GapWord)]
    left = [item for item in kept if isinstance(item, HeartbeatWord)]
    assert all(item in kept for item in precious)
    assert len(gaps) == 1
    assert left == beats[-len(left) :]
    assert gaps[0].dropped == 400 - len(left)
    assert (gaps[0].since, gaps[0].until) == (beats[0].at, beats[gaps[0].dropped - 1].at)
    spool.close()


def test_a_gap_the_console_may_have_seen_is_never_changed(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", most_bytes=20_000)
    for minute in range(150):
        spool.add(a_heartbeat(minute))
    spool.rollback(spool.lease())  # sent, but the answer got lost
    for minute in range(150, 300):
        spool.add(a_heartbeat(minute))
    kept = everything(spool)
    gaps = [item for item in kept if isinstance(item, GapWord)]
    left = [item for item in kept if isinstance(item, HeartbeatWord)]
    assert len(gaps) == 2
    assert sum(gap.dropped for gap in gaps) == 300 - len(left)
    spool.close()


def test_a_report_is_refused_aloud_rather_than_another_one_dropped(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", most_bytes=10_000)
    while spool._base().execute("SELECT bytes FROM tally").fetchone()[0] < 9_000:
        spool.add(a_report())
    before = spool.waiting()
    with pytest.raises(SpoolFull):
        spool.add(a_report(Gravity.ALARM), *(a_report() for _ in range(5)))
    assert spool.waiting() == before
    spool.close()


def test_a_hundred_thousand_reports_of_a_week_away_leave_once_each(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    items = [a_report() for _ in range(100)]
    ids = []
    for _ in range(100):
        lot = [
            ReportWord(id=uuid.uuid4().hex, danger=i.danger, at=i.at, facts=i.facts)
            for i in items * 10
        ]
        ids += [item.id for item in lot]
        spool.add(*lot)
    assert drained(spool) == ids
    assert spool.waiting() == 0
    spool.close()


def test_many_threads_add_and_drain_without_loss_or_double(spool: Spool) -> None:
    added: list[str] = []
    taken: list[str] = []

    def add() -> None:
        for _ in range(50):
            item = a_report()
            spool.add(item)
            added.append(item.id)

    def drain() -> None:
        for _ in range(40):
            lease = spool.lease(7)
            taken.extend(item.id for item in lease)
            spool.commit(lease, {item.id for item in lease})

    threads = [threading.Thread(target=work) for work in (add, add, drain, drain)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken += drained(spool)
    assert sorted(taken) == sorted(added)


def write_until_killed(path: Path, said: int) -> None:
    """Add and remove reports, and say each id on the pipe once it is certain."""
    spool = Spool(path)
    while True:
        item = a_report()
        spool.add(item)
        os.write(said, f"+{item.id}".encode())
        lease = spool.lease(2)
        if len(lease) == 2:
            os.write(said, f"?{lease[0].id}".encode())  # from here on it may be gone
            spool.commit(lease[:1], {lease[0].id})
            spool.rollback(lease)
            os.write(said, f"-{lease[0].id}".encode())


def test_a_thousand_kills_of_the_writer_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    Spool(path).close()
    sure: set[str] = set()
    maybe: set[str] = set()
    gone: set[str] = set()
    for kill in range(1_000):
        ear, mouth = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                write_until_killed(path, mouth)
            finally:
                os._exit(1)
        os.close(mouth)
        heard = b""
        while len(heard) < 33 * (1 + kill % 5):
            heard += os.read(ear, 33)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while rest := os.read(ear, 4096):
            heard += rest
        os.close(ear)
        for at in range(0, len(heard), 33):
            sign, name = heard[at : at + 1], heard[at + 1 : at + 33].decode()
            {b"+": sure, b"?": maybe, b"-": gone}[sign].add(name)
    spool = Spool(path)
    present = drained(spool)
    spool.close()
    assert not spool.damaged
    assert len(present) == len(set(present))
    assert sure - maybe <= set(present)
    assert gone.isdisjoint(present)


def killed_writer(path: Path, count: int) -> list[str]:
    """Add `count` reports in a process that is killed without closing; return their ids."""
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            spool = Spool(path)
            for _ in range(count):
                item = a_report()
                spool.add(item)
                os.write(mouth, item.id.encode())
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    os.close(mouth)
    os.waitpid(child, 0)
    with os.fdopen(ear, "rb") as said:
        heard = said.read().decode()
    return [heard[at : at + 32] for at in range(0, len(heard), 32)]


@pytest.mark.parametrize("tail", [b"\x00" * 4096, b"\xff" * 777, os.urandom(10_000)])
def test_a_power_cut_that_tears_the_tail_of_the_log_keeps_what_was_certain(
    tmp_path: Path, tail: bytes
) -> None:
    path = tmp_path / "spool.db"
    ids = killed_writer(path, 25)
    with Path(f"{path}-wal").open("ab") as log:
        log.write(tail)
    spool = Spool(path)
    assert drained(spool) == ids
    assert not spool.damaged
    spool.close()


def test_a_torn_last_frame_costs_only_the_transaction_that_was_not_certain(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    ids = killed_writer(path, 25)
    log = Path(f"{path}-wal")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - 100)
    spool = Spool(path)
    assert drained(spool) in (ids, ids[:-1])
    assert not spool.damaged
    spool.close()


def test_a_damaged_file_is_put_beside_and_what_can_be_read_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    items = [a_report() for _ in range(300)]
    spool.add(*items)
    spool.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 9_000)
    again = Spool(path)
    assert again.damaged
    saved = drained(again)
    assert set(saved) <= {item.id for item in items}
    assert len(saved) == len(set(saved))
    assert list(tmp_path.glob("spool.db.damaged-*"))
    again.add(a_report())
    assert again.waiting() == 1
    again.close()


def test_a_file_that_is_no_spool_at_all_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(os.urandom(50_000))
    spool = Spool(path)
    assert spool.damaged
    spool.add(a_report())
    assert spool.waiting() == 1
    spool.close()


def test_damage_that_comes_while_the_spool_is_open_is_survived_at_the_next_use(
    tmp_path: Path,
) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    spool.add(*(a_report() for _ in range(50)))
    spool.close()
    path.write_bytes(b"SQLite format 3\x00" + os.urandom(40_000))
    spool.add(a_report())
    assert spool.damaged
    assert spool.waiting() == 1
    spool.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "2m") as place:
        yield place


@pytest.mark.kernel
def test_a_full_disk_is_said_aloud_and_leaves_nothing_half_written(disk: Path) -> None:
    spool = Spool(disk / "spool.db")
    kept = [a_report() for _ in range(20)]
    spool.add(*kept)
    ballast = fill(disk)
    with pytest.raises(SpoolTrouble):
        spool.add(*(a_report() for _ in range(500)))
    assert spool.waiting() == 20
    ballast.unlink()
    spool.add(last := a_report())
    assert drained(spool) == [*(item.id for item in kept), last.id]
    assert not spool.damaged
    spool.close()


@pytest.mark.kernel
def test_a_spool_that_cannot_be_opened_on_a_full_disk_opens_once_there_is_room(
    disk: Path,
) -> None:
    ballast = fill(disk)
    spool = Spool(disk / "spool.db")
    with pytest.raises(SpoolTrouble):
        spool.add(a_report())
    ballast.unlink()
    spool.add(a_report())
    assert spool.waiting() == 1
    spool.close()


def test_everything_in_the_spool_is_a_word_of_the_wire(spool: Spool) -> None:
    spool.add(a_report(), a_heartbeat(), a_proof())
    assert all(reports.encode(item) for item in everything(spool))


def test_only_its_owner_reads_the_spool(tmp_path: Path) -> None:
    Spool(tmp_path / "spool.db").close()
    assert (tmp_path / "spool.db").stat().st_mode & 0o777 == 0o600


def test_what_add_accepted_is_synced_in_full(spool: Spool) -> None:
    base = spool._base()
    assert base.execute("PRAGMA synchronous").fetchone() == (2,)
    assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert isinstance(base, sqlite3.Connection)


def test_what_has_left_can_be_read_and_heartbeats_crowd_nothing_out(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db")
    told = [a_report() for _ in range(3)]
    beats = [a_heartbeat() for _ in range(40)]
    spool.add(*told, *beats)
    lease = spool.lease()
    bodies = {item.id: item.body for item in lease}
    spool.commit(lease, bodies)
    sent = [item.body for item in spool.sent(100)]
    assert [bodies[each.id] in sent for each in told] == [True] * 3
    assert len(sent) == 3 + 10
    spool.close()
