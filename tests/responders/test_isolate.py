"""ISOLATE, on a real network between two namespaces that the test makes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from two_machines import CONSOLE, HERE, PORT, STRANGER, Machines, two_machines

from vigie.domain.response import Deed, Response, Result
from vigie.responders.isolate import Isolate
from vigie.tools.firewall import Opening, Peer
from vigie.tools.firewall.nftables import Nftables
from vigie.tools.undo import UndoBook

NOW = datetime(2026, 11, 23, 14, 12, tzinfo=UTC)
ISOLATE = Response(deed=Deed.ISOLATE)
pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with two_machines() as machines:
        yield machines


@pytest.fixture
def undo(tmp_path: Path) -> Iterator[UndoBook]:
    book = UndoBook(tmp_path / "undo.db")
    yield book
    book.close()


def found(peers: Sequence[Peer]) -> Opening:
    return Opening(peers=tuple((ip_address(peer.host), peer.port) for peer in peers))


@pytest.fixture
def isolate(machines: Machines) -> Iterator[Isolate]:
    firewall = Nftables(machines.nft)
    yield Isolate(firewall, lambda: [Peer(CONSOLE, PORT)], found, found)
    firewall.reopen()


def test_an_isolated_machine_reaches_its_console_and_nobody_else(
    machines: Machines, isolate: Isolate, undo: UndoBook
) -> None:
    assert machines.reaches(STRANGER)
    assert machines.reaches(HERE, from_there=True)
    outcome = isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.numbers) == (Result.DONE, {"peers": 1})
    assert machines.reaches(CONSOLE)
    assert machines.reaches("127.0.0.1")
    assert not machines.reaches(STRANGER)
    assert not machines.reaches(CONSOLE, 22)
    assert not machines.reaches(HERE, from_there=True)


def test_connections_that_stand_are_cut_and_the_consoles_is_not(
    machines: Machines, isolate: Isolate, undo: UndoBook
) -> None:
    with machines.held(STRANGER) as stranger, machines.held(CONSOLE) as console:
        assert stranger.answers()
        assert console.answers()
        isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
        assert not stranger.answers()
        assert console.answers()


def test_everything_is_undone_by_taking_it_back(
    machines: Machines, isolate: Isolate, undo: UndoBook
) -> None:
    isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    (row,) = undo.pending("r")
    assert isolate.take_back(row.target, row.note, at=NOW).result is Result.UNDONE
    assert machines.reaches(STRANGER)
    assert machines.reaches(HERE, from_there=True)
    assert isolate.take_back(row.target, row.note, at=NOW).result is Result.UNDONE


def test_done_twice_it_changes_nothing_more(isolate: Isolate, undo: UndoBook) -> None:
    first = isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    second = isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    assert (first.result, second.result) == (Result.DONE, Result.NOT_NEEDED)
    assert len(undo.pending()) == 1


def test_the_undo_is_on_disk_before_the_machine_is_cut_off(
    machines: Machines, undo: UndoBook
) -> None:
    class Watched(Nftables):
        def shut(self, opening: Opening) -> None:
            assert [row.deed for row in undo.pending("r")] == [Deed.ISOLATE]
            super().shut(opening)

    firewall = Watched(machines.nft)
    isolate = Isolate(firewall, list, found, found)
    assert isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo).result is Result.DONE
    firewall.reopen()


def test_a_machine_that_restarts_is_isolated_again_until_an_order_opens_it(
    machines: Machines, isolate: Isolate, undo: UndoBook
) -> None:
    isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    Nftables(machines.nft).reopen()  # what a restart of the kernel does
    later = Isolate(Nftables(machines.nft), lambda: [Peer("gone.invalid", PORT)], nobody)
    assert later.resume(undo)
    assert not machines.reaches(STRANGER)
    assert machines.reaches(CONSOLE)  # by the address of the moment it was cut off
    for row in undo.pending():
        undo.strike(row)
    Nftables(machines.nft).reopen()
    assert not later.resume(undo)
    assert machines.reaches(STRANGER)


def test_nobody_waits_for_a_name_before_the_machine_is_cut_off(
    machines: Machines, undo: UndoBook
) -> None:
    firewall = Nftables(machines.nft)

    def slowly(peers: Sequence[Peer]) -> Opening:
        assert firewall.is_shut()
        assert peers == [Peer("console.example", PORT)]
        return found([Peer(CONSOLE, PORT)])

    isolate = Isolate(firewall, lambda: [Peer("console.example", PORT)], slowly)
    outcome = isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.numbers) == (Result.DONE, {"peers": 1})
    assert machines.reaches(CONSOLE)
    for row in undo.pending("r"):
        assert isolate.take_back(row.target, row.note, at=NOW).result is Result.UNDONE
    assert machines.reaches(STRANGER)


def nobody(_: Sequence[Peer]) -> Opening:
    return Opening()


def test_other_peoples_rules_are_left_alone(
    machines: Machines, isolate: Isolate, undo: UndoBook
) -> None:
    firewall = Nftables(machines.nft)
    firewall._run("-f", "-", rules="table inet others {\n chain c {\n }\n}\n")
    isolate.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    isolate.take_back("", "", at=NOW)
    assert "table inet others" in firewall._run("list", "tables")
    firewall._run("delete", "table", "inet", "others")


def test_a_firewall_that_fails_is_a_failed_outcome_with_its_reason(undo: UndoBook) -> None:
    absent = Isolate(Nftables(("nft-is-not-here",)), list, found)
    outcome = absent.carry_out(ISOLATE, report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.reason) == (Result.FAILED, "missing_program")
    assert absent.take_back("", "", at=NOW).reason == "missing_program"
