import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.routines.conftest import Stage, checking, killing

from vigie.domain.evidence.backups import BackupFailed, BackupMade
from vigie.domain.finding import Gravity
from vigie.readers.structure import inspect_descriptor
from vigie.routines.backups.making import HELD_TAG
from vigie.routines.backups.manifest import Manifest
from vigie.routines.backups.restoring import Restorer
from vigie.routines.backups.room import RoomHeld
from vigie.tools.restic import Progress


def made(event: BackupMade | BackupFailed) -> BackupMade:
    assert isinstance(event, BackupMade), event
    return event


def failed(event: BackupMade | BackupFailed) -> BackupFailed:
    assert isinstance(event, BackupFailed), event
    return event


def documents(stage: Stage) -> list[Path]:
    return sorted(p for p in stage.documents.rglob("*") if p.is_file() and p.suffix == ".docx")


def test_a_backup_holds_every_document_and_says_so(stage: Stage) -> None:
    run = stage.back_up()
    event = made(run.made[0].event)
    assert run.findings == ()
    assert event.changed == stage.count
    state = stage.room.place(stage.place)
    assert state.snapshot == event.snapshot
    assert not state.killed
    with closing(Manifest(stage.room.manifest(state.manifest))) as manifest:
        assert len(manifest.known()) == stage.count
    (snapshot,) = stage.restic.snapshots()
    assert snapshot.id.startswith(event.snapshot)


def test_a_second_backup_reads_only_what_changed(stage: Stage) -> None:
    stage.back_up()
    documents(stage)[0].write_bytes(documents(stage)[1].read_bytes())
    assert made(stage.back_up().made[0].event).changed == 1


def test_the_manifest_travels_inside_the_snapshot(stage: Stage, tmp_path: Path) -> None:
    stage.back_up()
    (snapshot,) = stage.restic.snapshots()
    inside = stage.room.staging / "manifest.sqlite"
    stage.restic.restore(snapshot.id, tmp_path / "out", only=[str(inside)])
    with closing(Manifest(tmp_path / "out" / inside.relative_to("/"))) as manifest:
        assert len(manifest.known()) == stage.count


def test_a_live_database_is_saved_by_its_consistent_copy_alone(
    stage: Stage, tmp_path: Path
) -> None:
    base = stage.documents / "agenda.db"
    with closing(sqlite3.connect(base)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE rendez_vous (nom)")
        writer.execute("INSERT INTO rendez_vous VALUES ('Martin')")
        writer.commit()  # it stands in the log beside the file, not in the file
        stage.back_up()
    (snapshot,) = stage.restic.snapshots()
    Restorer(restic=stage.restic, snapshot=snapshot, target=tmp_path / "out").run()
    back = tmp_path / "out" / base.relative_to("/")
    assert list(back.parent.glob("agenda.db-*")) == []
    with closing(sqlite3.connect(back)) as reader:
        assert reader.execute("SELECT nom FROM rendez_vous").fetchall() == [("Martin",)]


def test_a_damaged_database_is_said_and_still_saved_as_it_is(stage: Stage) -> None:
    base = stage.documents / "casse.db"
    with closing(sqlite3.connect(base)) as writer:
        writer.execute("CREATE TABLE t (x)")
        writer.executemany("INSERT INTO t VALUES (?)", [("x" * 500,) for _ in range(200)])
        writer.commit()
    raw = bytearray(base.read_bytes())
    raw[4096 * 3 : 4096 * 4] = bytes(4096)
    base.write_bytes(raw)
    run = stage.back_up()
    assert [finding.fact for finding in run.findings] == ["backup_database_unsound"]
    with closing(Manifest(stage.room.manifest(stage.room.place(stage.place).manifest))) as rows:
        assert rows.row(base) is not None


def test_a_folder_that_is_not_there_is_said_and_the_rest_is_saved(stage: Stage) -> None:
    absent = stage.documents.parent / "parti"
    plan = replace(stage.plan, folders=(*stage.plan.folders, absent))
    run = replace(stage.maker(), plan=plan).run()
    assert [(f.fact, f.gravity) for f in run.findings] == [("backup_folder_missing", Gravity.ALARM)]
    assert made(run.made[0].event).changed == stage.count


def test_nothing_to_save_is_no_backup(stage: Stage) -> None:
    shutil.rmtree(stage.documents)
    assert failed(stage.back_up().made[0].event).trouble == "backup_nothing_to_save"


def test_documents_turned_bad_are_saved_but_hold_retention(stage: Stage) -> None:
    def inspect(descriptor: int, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return inspect_descriptor(descriptor, name=name)

    stage.back_up(inspect=inspect)
    for path in documents(stage)[:3]:
        path.write_bytes(os.urandom(20_000))
    run = stage.back_up(inspect=inspect)
    (finding,) = run.findings
    assert (finding.fact, finding.gravity) == ("backup_documents_broken", Gravity.ALARM)
    assert finding.numbers == {"files": 3, "changed": 3}
    assert made(run.made[0].event).broken == 3
    assert stage.room.place(stage.place).held
    assert HELD_TAG in stage.restic.snapshots()[-1].tags
    for path in documents(stage)[3:6]:
        path.write_bytes(documents(stage)[7].read_bytes())
    assert stage.back_up(inspect=inspect).findings == ()


def test_one_place_that_fails_never_keeps_the_next_from_its_backup(
    stage: Stage, prepared: Path
) -> None:
    absent = replace(stage.place, name="absent", location=str(prepared / "absent" / "vigie"))
    plan = replace(stage.plan, places=(absent, stage.place))
    first, second = replace(stage.maker(), plan=plan).run().made
    assert failed(first.event).trouble == "backup_disk_absent"
    assert made(second.event).changed == stage.count


def test_a_wrong_password_is_named(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("autre")
    place = replace(stage.place, password_file=tmp_path / "wrong")
    run = replace(stage.maker(), plan=replace(stage.plan, places=(place,))).run()
    assert failed(run.made[0].event).trouble == "backup_wrong_password"


def test_a_place_never_prepared_is_told_from_a_disk_unplugged(stage: Stage) -> None:
    away = stage.repository.rename(stage.repository.with_name("ailleurs"))
    assert failed(stage.back_up().made[0].event).trouble == "backup_repository_missing"
    away.rename(stage.repository)
    stage.back_up()
    stage.repository.rename(away)
    assert failed(stage.back_up().made[0].event).trouble == "backup_disk_absent"


def test_a_disk_unplugged_in_the_middle_is_noticed_and_the_next_run_goes_on(heavy: Stage) -> None:
    away = heavy.repository.with_name("ailleurs")

    def unplug(_: object, progress: Progress) -> None:
        if progress.bytes and heavy.repository.exists() and not away.exists():
            heavy.repository.rename(away)

    run = heavy.back_up(tell=unplug)
    assert failed(run.made[0].event).trouble == "backup_disk_absent"
    shutil.rmtree(heavy.repository, ignore_errors=True)  # what restic began below the mount point
    away.rename(heavy.repository)
    made(heavy.back_up().made[0].event)
    heavy.restic.check(read="1/1")


@pytest.mark.kernel
def test_a_full_disk_is_named_and_what_was_there_stays(heavy: Stage, tmp_path: Path) -> None:
    small = tmp_path / "petit"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "vigie-test", small], check=True)
    try:
        shutil.copytree(heavy.repository, small / "vigie")
        place = replace(heavy.place, location=str(small / "vigie"))
        full = replace(heavy.plan, places=(place,))
        light = replace(full, folders=(documents(heavy)[0].parent,))
        made(replace(heavy.maker(), plan=light).run().made[0].event)
        run = replace(heavy.maker(), plan=full).run()
        assert failed(run.made[0].event).trouble == "backup_no_space"
        assert len(heavy.room.restic(place).snapshots()) == 1
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_killed_backup_leaves_a_sound_place_and_the_next_run_uses_its_work(heavy: Stage) -> None:
    run = heavy.back_up(tell=killing(after=10_000_000))
    assert failed(run.made[0].event).trouble == "backup_interrupted"
    assert heavy.room.place(heavy.place).killed
    made(heavy.back_up().made[0].event)
    heavy.restic.check(read="1/1")
    packs = [p for p in (heavy.repository / "data").rglob("*") if p.is_file()]
    stored = sum(p.stat().st_size for p in packs if "-tmp-" not in p.name)
    assert stored < 1.15 * 25_500_000  # nothing that had arrived was sent twice
    assert list((heavy.repository / "locks").iterdir()) == []


def test_a_stale_lock_of_a_killed_check_does_not_stop_the_backup(stage: Stage) -> None:
    with checking(stage):
        pass
    assert any((stage.repository / "locks").iterdir())
    made(stage.back_up().made[0].event)


def test_two_backups_never_run_at_once(stage: Stage) -> None:
    with stage.room.held(), pytest.raises(RoomHeld):
        stage.back_up()


def test_the_repository_and_the_password_never_stand_in_argv_or_environment(stage: Stage) -> None:
    argv, env = stage.restic._argv(["snapshots"]), stage.restic._env()
    told = " ".join([*argv, *env.values()])
    assert stage.place.location not in told
    assert "mot de passe" not in told


def test_what_the_plan_leaves_out_is_neither_saved_nor_promised(
    stage: Stage, tmp_path: Path
) -> None:
    kept_out = documents(stage)[0]
    plan = replace(stage.plan, excludes=("*.jpg", str(kept_out)))
    replace(stage.maker(), plan=plan).run()
    with closing(Manifest(stage.room.manifest(stage.room.place(stage.place).manifest))) as rows:
        promised = set(rows.known())
    (snapshot,) = stage.restic.snapshots()
    stage.restic.restore(snapshot.id, tmp_path / "out")
    saved = {
        Path("/") / p.relative_to(tmp_path / "out")
        for p in (tmp_path / "out").rglob("*")
        if p.is_file()
    }
    assert kept_out not in saved
    assert not any(path.suffix == ".jpg" for path in saved)
    assert saved == promised | {stage.room.staging / "manifest.sqlite"}
