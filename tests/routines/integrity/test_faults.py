"""What may go wrong in the middle: kills, full disks, a disk that cannot read."""

import errno
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from practice_at_rest import Practice, recorded
from small_disk import fill, small_disk

from vigie.routines.integrity import looking
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.keeping import Keeper, Recorded
from vigie.routines.integrity.repairing import Ending
from vigie.routines.integrity.room import RoomHeld, held
from vigie.routines.integrity.workshop import verifier

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")

BASELINE = """
import sys
from pathlib import Path
from vigie.routines.integrity import keeping
from vigie.routines.integrity.keeping import Keeper, Recorded
from vigie.routines.integrity.workshop import verifier
keeping.MANY = 5
home, folder = map(Path, sys.argv[1:])
with verifier(home) as work:
    print("begun", flush=True)
    list(Keeper(verifier=work).run(folder, Recorded()))
"""


def test_a_baseline_killed_at_any_moment_promises_nothing_it_does_not_have(
    documents: Path, tmp_path: Path
) -> None:
    folder, home = documents, tmp_path / "home"
    home.mkdir()
    chance = Random(5)  # noqa: S311
    for _ in range(5):
        baseline = subprocess.Popen(
            [sys.executable, "-c", BASELINE, home, folder], stdout=subprocess.PIPE
        )
        assert baseline.stdout
        baseline.stdout.readline()
        time.sleep(chance.random() * 0.5)
        baseline.kill()
        baseline.communicate()
        with held(home) as room:
            promised = room.register.below(folder)
            assert all(room.kept(known.object) for known in promised.values())
    with verifier(home) as work:
        counts = Recorded()
        list(Keeper(verifier=work).run(folder, counts))
        work.room.tidy()
        assert counts.files == counts.kept == 60
    with held(home) as room:
        assert list((room.objects.folder / "incoming").iterdir()) == []


@pytest.mark.kernel
@needs_root
def test_on_a_full_disk_nothing_is_replaced_and_nothing_lost(
    documents: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "12m") as disk:
        practice = recorded(documents, tmp_path / "first")
        folder = disk / "cabinet"
        subprocess.run(["cp", "-a", practice.folder, folder], check=True)
        here = Practice(folder=folder, home=practice.home)
        here.record()
        victims = [here.one(kind) for kind in (".pdf", ".docx", ".jpg")]
        whole = {path: path.read_bytes() for path in victims}
        for path in victims:
            with path.open("r+b") as file:
                file.seek(1000)
                file.write(bytes(600))
        damaged_bytes = {path: path.read_bytes() for path in victims}
        ballast = fill(disk)
        assert {each.ending for each in here.repair()} == {Ending.NO_SPACE}
        assert {path: path.read_bytes() for path in victims} == damaged_bytes
        assert list(folder.rglob(".vigie-repair-*")) == []
        ballast.unlink()
        assert {each.ending for each in here.repair()} == {Ending.RESTORED}
        assert {path: path.read_bytes() for path in victims} == whole


@pytest.mark.kernel
@needs_root
def test_where_no_damaged_copy_can_be_kept_nothing_is_replaced(
    documents: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "12m") as disk:
        practice = recorded(documents, tmp_path / "first")
        home = disk / "home"
        subprocess.run(["cp", "-a", practice.home, home], check=True)
        here = Practice(folder=practice.folder, home=home)
        path = here.one(".pdf")
        torn = path.read_bytes()[:5000]
        path.write_bytes(torn)
        ballast = fill(disk)
        with pytest.raises(OSError, match="full") as failure:
            here.repair()
        assert failure.value.errno == errno.ENOSPC
        assert path.read_bytes() == torn
        ballast.unlink()
        assert {each.ending for each in here.repair()} == {Ending.RESTORED}


@pytest.mark.kernel
@needs_root
def test_documents_for_which_there_is_no_room_are_recorded_without_a_copy(
    documents: Path, tmp_path: Path
) -> None:
    folder, home = documents, tmp_path / "home"
    home.mkdir()
    with verifier(home) as work:
        counts = Recorded()
        list(Keeper(verifier=work, most_bytes=1_000_000).run(folder, counts))
    assert counts.files == 60
    assert 0 < counts.kept < 60
    assert counts.kept + counts.without_copy == 60
    kept = sum(
        p.stat().st_size
        for p in (home / "integrity" / "kept" / "objects").rglob("*")
        if p.is_file()
    )
    assert kept <= 1_000_000


def test_a_document_that_the_disk_cannot_read_is_damaged_and_comes_back(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = practice.one(".pdf")
    whole = path.read_bytes()
    tired = path.stat().st_ino
    read = os.pread

    def pread(descriptor: int, length: int, offset: int) -> bytes:
        if os.fstat(descriptor).st_ino == tired:
            raise OSError(errno.EIO, "Input/output error")
        return read(descriptor, length, offset)

    monkeypatch.setattr(looking.os, "pread", pread)
    assert practice.unwell() == {path: State.DAMAGED}
    (repaired,) = practice.repair()
    assert repaired.ending is Ending.RESTORED
    assert path.stat().st_ino != tired
    assert path.read_bytes() == whole


def test_a_killed_holder_lets_go_of_the_room(practice: Practice) -> None:
    code = "import sys, time\nfrom pathlib import Path\n"
    code += "from vigie.routines.integrity.room import held\n"
    code += "with held(Path(sys.argv[1])):\n    print(1, flush=True)\n    time.sleep(60)\n"
    holder = subprocess.Popen([sys.executable, "-c", code, practice.home], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    with pytest.raises(RoomHeld), held(practice.home):
        pass
    holder.kill()
    holder.communicate()
    with held(practice.home) as room, closing(room.register):
        assert room.register.below(practice.folder)
