"""Where the system refuses the gate, the watch goes on as the second best, and says so."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.agent.without_pids import Doors, GateOrWatch
from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.response import Deed, Response, Result
from vigie.responders.block import Block
from vigie.sensors import SensorBlind, Sink
from vigie.tools.barrier import Barrier
from vigie.tools.cover.mounts import MountCover
from vigie.tools.undo import UndoBook


class Sensor:
    """A sensor that cannot see for `reason`, or sees until it is stopped."""

    name = "disk"
    blinds = (Danger.RANSOMWARE,)

    def __init__(self, reason: str = "") -> None:
        self.reason, self.watched = reason, False

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        del sink, stop
        if self.reason:
            raise SensorBlind(self.reason)
        self.watched = True


@pytest.mark.kernel
@pytest.mark.parametrize("reason", ["not_supported", "no_permission"])
def test_a_refused_gate_is_told_and_its_closed_folders_are_covered(
    reason: str, tmp_path: Path
) -> None:
    cover, undo = MountCover(), UndoBook(tmp_path / "undo.db")
    folder = tmp_path / "practice"
    folder.mkdir()
    doors = Doors(Barrier(), cover)
    block, watch, told = Block(doors), Sensor(), list[Evidence]()
    now = datetime.now(UTC)
    response = Response(deed=Deed.BLOCK, target=str(folder))
    block.carry_out(response, report="r", at=now, undo=undo)
    (folder / "open.txt").write_text("the gate alone closes it")
    GateOrWatch(Sensor(reason), watch, doors, "here").observe(told.append, threading.Event())
    (evidence,) = told
    assert isinstance(evidence, SensorWentBlind)
    assert evidence.reason == reason
    assert watch.watched
    with pytest.raises(OSError, match="Read-only"):
        (folder / "closed.txt").write_text("no")
    assert block.take_back(str(folder), "", at=now).result is Result.UNDONE
    (folder / "open.txt").write_text("again")
    undo.close()


def test_a_gate_that_is_blind_for_another_reason_stays_so() -> None:
    watch = Sensor()
    either = GateOrWatch(Sensor("no_folder"), watch, Doors(Barrier(), MountCover()), "here")
    with pytest.raises(SensorBlind):
        either.observe(lambda _: None, threading.Event())
    assert not watch.watched
