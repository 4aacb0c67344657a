"""The carrier brings each proof once, and the state of each backup when it is news."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.agent.carrier import REMIND, Carrier, carried_until
from vigie.agent.outbox import Outbox
from vigie.agent.spool import Spool
from vigie.domain.danger import Danger
from vigie.domain.proof import Proof
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import Room
from vigie.tools.journal import JOURNAL, Journal, record_proof
from vigie.wire.reports import BackupWord, Item, ProofWord

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
PLACE = Place(name="Disque", location="/media/disk/vigie")


class Kept(Outbox):
    """An outbox that remembers what it was given."""

    def __init__(self, spool: Spool) -> None:
        super().__init__(spool)
        self.items: list[Item] = []

    def keep(self, item: Item, *, first: bool = False) -> None:
        self.items.append(item)
        super().keep(item, first=first)


@pytest.fixture
def outbox(tmp_path: Path) -> Kept:
    (tmp_path / "agent").mkdir()
    return Kept(Spool(tmp_path / "agent" / "spool.db"))


def carrier(home: Path, outbox: Outbox) -> Carrier:
    return Carrier(
        home / JOURNAL,
        outbox,
        folder=home / "agent",
        places=(PLACE,),
        room=Room(home / "backups"),
        missing=lambda _: ("offsite_copy",),
    )


def prove(home: Path, number: int) -> None:
    with closing(Journal(home / JOURNAL)) as journal:
        journal.append({"kind": "other"})
        record_proof(
            journal,
            Proof(
                id=f"{number:032x}",
                danger=Danger.RANSOMWARE,
                trial="scenes_held",
                held=True,
                machine="m",
                at=NOW,
                expires=NOW + timedelta(days=1),
            ),
        )


def test_each_proof_is_brought_once_even_by_the_next_agent(tmp_path: Path, outbox: Kept) -> None:
    prove(tmp_path, 1)
    carrier(tmp_path, outbox).carry(NOW)
    prove(tmp_path, 2)
    carrier(tmp_path, outbox).carry(NOW)
    carrier(tmp_path, outbox).carry(NOW)
    brought = [item for item in outbox.items if isinstance(item, ProofWord)]
    assert [(proof.id, proof.number) for proof in brought] == [
        (f"{1:032x}", 2),
        (f"{2:032x}", 4),
    ]
    assert carried_until(tmp_path / "agent") == 4


def test_a_backup_is_told_when_it_changed_and_now_and_then(tmp_path: Path, outbox: Kept) -> None:
    carries = carrier(tmp_path, outbox)
    carries.carry(NOW)
    carries.carry(NOW + timedelta(minutes=1))
    Room(tmp_path / "backups").note(PLACE, made=NOW, snapshots=1)
    carries.carry(NOW + timedelta(minutes=2))
    carries.carry(NOW + timedelta(minutes=2) + REMIND)
    told = [item for item in outbox.items if isinstance(item, BackupWord)]
    assert [word.latest for word in told] == [None, NOW, NOW]
    assert {word.missing for word in told} == {("offsite_copy",)}
    assert {word.repository for word in told} == {PLACE.pseudonym}


def test_nothing_carried_yet_is_zero(tmp_path: Path) -> None:
    assert carried_until(tmp_path) == 0
