import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from docx import Document
from practice_at_rest import Practice

from vigie.routines.backups.making import Maker
from vigie.routines.backups.plan import BackupPlan, Place
from vigie.routines.backups.room import Room as BackupRoom
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.repairing import Ending
from vigie.routines.integrity.workshop import verifier
from vigie.routines.rehearsals.damages import HARMS, damaged
from vigie.routines.rehearsals.sample import BASE
from vigie.tools.restic import write_private
from vigie.tools.vault import Vault


def harm(path: Path, seed: int = 1) -> bytes:
    whole = path.read_bytes()
    path.write_bytes(damaged(whole, list(HARMS)[seed % len(HARMS)], Random(seed)))  # noqa: S311
    return whole


def test_every_byte_and_date_comes_back(practice: Practice) -> None:
    paths = [practice.one(kind) for kind in (".docx", ".pdf", ".jpg", ".txt", ".db", ".png")]
    dates = [path.stat().st_mtime_ns for path in paths]
    whole = [harm(path, number) for number, path in enumerate(paths)]
    assert {each.ending for each in practice.repair()} == {Ending.RESTORED}
    assert [path.read_bytes() for path in paths] == whole
    assert [path.stat().st_mtime_ns for path in paths] == dates
    assert practice.unwell() == {}


def test_the_damaged_bytes_are_kept(practice: Practice) -> None:
    path = practice.one(".docx")
    harm(path)
    damaged_bytes = path.read_bytes()
    (repaired,) = practice.repair()
    with verifier(practice.home) as work:
        kept = work.room.kept(repaired.aside)
        assert kept is not None
        assert kept.read_bytes() == damaged_bytes
        assert work.room.register.aside(path) == [repaired.aside]


def test_a_deleted_document_comes_back_only_when_asked(practice: Practice) -> None:
    path = practice.one(".pdf")
    whole = path.read_bytes()
    path.unlink()
    assert practice.repair(missing=False) == []
    assert not path.exists()
    practice.repair()
    assert path.read_bytes() == whole


def test_a_renamed_and_damaged_document_comes_back_under_its_new_name(practice: Practice) -> None:
    path = practice.one(".pdf")
    renamed = path.rename(path.with_name("nouveau nom.pdf"))
    whole = harm(renamed)
    practice.repair()
    assert renamed.read_bytes() == whole
    assert not path.exists()
    assert practice.unwell() == {}


def test_the_log_of_a_damaged_database_goes_with_it(practice: Practice) -> None:
    path = practice.folder / BASE
    whole = path.read_bytes()
    path.write_bytes(whole[:5000])
    Path(f"{path}-journal").write_bytes(b"left by a cut" * 100)
    practice.repair()
    assert path.read_bytes() == whole
    assert not Path(f"{path}-journal").exists()


def test_a_database_that_a_program_holds_open_is_left_alone(practice: Practice) -> None:
    path = practice.folder / BASE
    harm(path, 1)
    damaged_bytes = path.read_bytes()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import sys; f = open({str(path)!r}); print(1, flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout
    holder.stdout.readline()
    (repaired,) = practice.repair()
    holder.communicate()
    assert repaired.ending is Ending.IN_USE
    assert path.read_bytes() == damaged_bytes
    (repaired,) = practice.repair()
    assert repaired.ending is Ending.RESTORED


def test_our_own_copy_is_not_trusted_when_the_disk_changed_it_too(practice: Practice) -> None:
    path = practice.one(".pdf")
    harm(path)
    damaged_bytes = path.read_bytes()
    with verifier(practice.home) as work:
        kept = work.room.kept(work.room.register.below(path)[path].object)
    assert kept
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    (repaired,) = practice.repair()
    assert repaired.ending is Ending.NO_VERSION
    assert path.read_bytes() == damaged_bytes


@pytest.fixture
def plan(practice: Practice) -> BackupPlan:
    key = practice.home / "key"
    write_private(key, "mot de passe")
    place = Place(name="d", location=str(practice.home.parent / "depot"), password_file=key)
    BackupRoom(practice.home / "backups").restic(place).init()
    return BackupPlan(places=(place,), folders=(practice.folder,))


def back_up(practice: Practice, plan: BackupPlan) -> None:
    Maker(plan=plan, room=BackupRoom(practice.home / "backups"), machine="m").run()


def test_the_backup_gives_the_version_that_is_newer_than_ours(
    practice: Practice, plan: BackupPlan
) -> None:
    path, base = practice.one(".txt"), practice.folder / BASE
    path.write_bytes(path.read_bytes() + b"revu ce matin\r\n")
    with closing(sqlite3.connect(base)) as opened, opened:
        opened.execute("CREATE TABLE visites (jour TEXT)")
    newer = path.read_bytes()
    back_up(practice, plan)
    path.write_bytes(newer[: len(newer) // 2])
    base.write_bytes(base.read_bytes()[:6000])
    repaired = practice.repair(plan)
    assert {each.version.origin for each in repaired if each.version} == {"backup"}
    assert path.read_bytes() == newer
    with closing(sqlite3.connect(base)) as opened:
        assert opened.execute("SELECT count(*) FROM visites").fetchone() == (0,)


def test_a_backup_that_already_holds_the_damage_is_passed_over(
    practice: Practice, plan: BackupPlan
) -> None:
    practice.record(copies=False)
    path = practice.one(".pdf")
    back_up(practice, plan)
    with verifier(practice.home) as work:
        kept = work.room.kept(work.room.register.below(path)[path].object)
    assert kept
    whole = path.read_bytes()
    path.write_bytes(whole[:3000])
    back_up(practice, plan)
    kept.unlink()
    path.write_bytes(whole[:2500])
    (repaired,) = practice.repair(plan)
    assert repaired.ending is Ending.RESTORED
    assert path.read_bytes() == whole


def test_the_vault_gives_what_it_kept_later(practice: Practice) -> None:
    path = practice.one(".docx")
    letter = Document(str(path))
    letter.add_paragraph("Revu.")
    letter.save(str(path))
    newer = path.read_bytes()
    with closing(Vault(practice.home / "vault")) as vault, path.open("rb") as file:
        vault.keep(file.fileno(), "one", str(path))
    path.write_bytes(newer[:4000])
    (repaired,) = practice.repair()
    assert repaired.version is not None
    assert repaired.version.origin == "vault"
    assert path.read_bytes() == newer


def test_recording_again_never_takes_a_damaged_document_for_good(practice: Practice) -> None:
    path = practice.one(".pdf")
    whole = harm(path)
    _, troubles = practice.record()
    assert [seen.path for seen in troubles] == [path]
    practice.repair()
    assert path.read_bytes() == whole


def test_recording_again_takes_legal_changes_and_forgets_deletions(practice: Practice) -> None:
    changed, deleted = practice.one(".txt"), practice.one(".jpg")
    changed.write_bytes(b"court et neuf\n")
    deleted.unlink()
    practice.record()
    assert {seen.state for seen in practice.look().values()} == {State.INTACT}


KILLED = """
import sys
from pathlib import Path
from vigie.routines.integrity.workshop import repairer, verifier
home, folder = map(Path, sys.argv[1:])
with verifier(home) as work:
    seen = list(work.run([folder]))
    print("seen", flush=True)
    for each in repairer(work, home).run(seen):
        print(each.seen.path, flush=True)
"""


def test_a_repair_killed_at_any_moment_is_taken_up_again(practice: Practice) -> None:
    chance = Random(3)  # noqa: S311
    paths = [p for p in sorted(practice.folder.rglob("*")) if p.is_file() and p.name[0] != "."][:40]
    whole = {path: harm(path, number) for number, path in enumerate(paths)}
    for _ in range(6):
        repair = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(practice.home), str(practice.folder)],
            stdout=subprocess.PIPE,
            env=os.environ,
        )
        assert repair.stdout
        repair.stdout.readline()
        time.sleep(chance.random() * 0.15)
        repair.kill()
        repair.communicate()
        broken = {p for p in paths if p.read_bytes() != whole[p]}
        assert set(practice.unwell()) == broken
    practice.repair()
    assert {path: path.read_bytes() for path in paths} == whole
    assert list(practice.folder.rglob(".vigie-repair-*")) == []
