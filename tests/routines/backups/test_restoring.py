import os
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.routines.conftest import Stage, restic_child

from vigie.routines.backups.manifest import Manifest
from vigie.routines.backups.restoring import Restorer
from vigie.tools.restic.failures import ResticFailed, Trouble


def restorer(stage: Stage, target: Path, **more: object) -> Restorer:
    (snapshot, *_) = stage.restic.snapshots()
    return Restorer(restic=stage.restic, snapshot=snapshot, target=target, **more)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".db" and "patients.db" not in path.name
    }


def test_everything_comes_back_as_it_was(stage: Stage, tmp_path: Path) -> None:
    stage.back_up()
    done = restorer(stage, tmp_path / "out").run()
    back = tmp_path / "out" / stage.documents.relative_to("/")
    assert contents(back) == contents(stage.documents)
    assert done.set_aside == 0
    with closing(sqlite3.connect(back / "Base patients" / "patients.db")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["tmp"]


def test_only_the_wanted_paths_come_back_whatever_signs_their_names_hold(
    stage: Stage, tmp_path: Path
) -> None:
    odd = stage.documents / "résultat [1]* ?.txt"
    odd.write_text("bonjour")
    (stage.documents / "résultat 11 x.txt").write_text("autre")
    stage.back_up()
    done = restorer(stage, tmp_path / "out").run([odd])
    assert done.files == 1
    assert contents(tmp_path / "out") == {str(odd.relative_to("/")): b"bonjour"}


def test_a_database_asked_for_by_its_own_path_comes_back(stage: Stage, tmp_path: Path) -> None:
    stage.back_up()
    base = stage.documents / "Base patients" / "patients.db"
    restorer(stage, tmp_path / "out").run([base])
    assert (tmp_path / "out" / base.relative_to("/")).is_file()


def test_what_stands_in_the_way_is_kept_beside_and_the_same_is_left(
    stage: Stage, tmp_path: Path
) -> None:
    stage.back_up()
    out = tmp_path / "out"
    here = out / stage.documents.relative_to("/")
    shutil.copytree(stage.documents, here)
    changed = next(here.rglob("*.txt"))
    before = changed.read_bytes()
    changed.write_bytes(b"une version plus recente")
    base = here / "Base patients" / "patients.db"
    base.write_bytes(b"autre")
    base.with_name("patients.db-wal").write_bytes(b"journal de l'autre")
    done = restorer(stage, out).run()
    assert done.set_aside == 2
    assert changed.read_bytes() == before
    (aside,) = changed.parent.glob(f"{changed.name}.avant-*")
    assert aside.read_bytes() == b"une version plus recente"
    assert not base.with_name("patients.db-wal").exists()  # it would be replayed into the base
    assert len(list(base.parent.glob("patients.db.avant-*"))) == 1
    assert len(list(base.parent.glob("patients.db-wal.avant-*"))) == 1


def test_a_link_planted_in_the_way_is_never_followed(stage: Stage, tmp_path: Path) -> None:
    stage.back_up()
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    here = tmp_path / "out" / stage.documents.relative_to("/")
    here.parent.mkdir(parents=True)
    here.symlink_to(elsewhere)
    restorer(stage, tmp_path / "out").run()
    assert list(elsewhere.iterdir()) == []
    assert not here.is_symlink()
    assert contents(here) == contents(stage.documents)


def kill_restic_once_it_wrote(folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        written = sum(p.stat().st_size for p in folder.rglob("*.bin")) if folder.exists() else 0
        if written > 5_000_000:
            restic_child().kill()
            return
        time.sleep(0.02)


def test_a_killed_restore_leaves_no_half_file_and_goes_on_where_it_was(
    heavy: Stage, tmp_path: Path
) -> None:
    heavy.back_up()
    out = tmp_path / "out"
    state = heavy.room.place(heavy.place)
    with closing(Manifest(heavy.room.manifest(state.manifest))) as manifest:
        work = restorer(heavy, out, manifest=manifest)
        killer = threading.Thread(target=kill_restic_once_it_wrote, args=(out,))
        killer.start()
        with pytest.raises(ResticFailed) as failure:
            work.run()
        killer.join()
        assert failure.value.trouble is Trouble.INTERRUPTED
        assert not (out / heavy.documents.relative_to("/")).exists()
        scratch = next(out.glob(".vigie-restore-*"))
        whole = {p.name: p.stat().st_ino for p in scratch.rglob("*.bin")}
        done = work.run()
    back = out / heavy.documents.relative_to("/")
    assert contents(back) == contents(heavy.documents)
    assert done.files == heavy.count
    kept = [p for p in back.rglob("*.bin") if whole.get(p.name) == p.stat().st_ino]
    assert kept  # what had come whole was not fetched again
    assert [p.name for p in out.iterdir()] == ["tmp"]


def test_a_restore_killed_while_it_put_files_in_place_ends_all_the_same(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.back_up()
    out = tmp_path / "out"
    (out / stage.documents.relative_to("/")).mkdir(parents=True)  # so that there is much to move
    moved = 0
    rename = Path.rename

    def falls(self: Path, target: Path) -> Path:
        nonlocal moved
        moved += "cabinet" in str(target)
        if moved == 3:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", falls)
        with pytest.raises(KeyboardInterrupt):
            restorer(stage, out).run()
    restorer(stage, out).run()
    assert contents(out / stage.documents.relative_to("/")) == contents(stage.documents)
    assert os.listdir(out) == ["tmp"]  # noqa: PTH208  (hidden ones too)
