"""A small practice, a prepared repository and a room, for the routines that save and restore."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from quick_key import make_quick_repository

from vigie.routines.backups.making import Maker, Run
from vigie.routines.backups.plan import BackupPlan, Place
from vigie.routines.backups.room import Room
from vigie.routines.rehearsals.sample import make_practice
from vigie.tools.restic import Progress, Restic

PASSWORD = "mot de passe d’essai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One practice with its documents, one place for backups, and what the machine remembers."""

    documents: Path
    repository: Path
    place: Place
    plan: BackupPlan
    room: Room

    def maker(self, **more: object) -> Maker:
        return Maker(plan=self.plan, room=self.room, machine="accueil", **more)  # type: ignore[arg-type]

    def back_up(self, **more: object) -> Run:
        return self.maker(**more).run()

    @property
    def count(self) -> int:
        """How many files a manifest of the practice holds."""
        return sum(p.is_file() and "-" not in p.suffix for p in self.documents.rglob("*"))

    @property
    def restic(self) -> Restic:
        return self.room.restic(self.place)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one empty repository and one practice, copied for each test."""
    folder = tmp_path_factory.mktemp("prepared")
    make_quick_repository(folder, PASSWORD)
    make_practice(folder / "cabinet", files=40, bytes_total=1_500_000)
    return folder


@pytest.fixture
def stage(tmp_path: Path, prepared: Path) -> Stage:
    documents = tmp_path / "cabinet"
    shutil.copytree(prepared / "cabinet", documents)
    repository = tmp_path / "disque" / "vigie"
    shutil.copytree(prepared / "repository", repository)
    place = Place(name="disque", location=str(repository), password_file=prepared / "key")
    return Stage(
        documents=documents,
        repository=repository,
        place=place,
        plan=BackupPlan(places=(place,), folders=(documents,)),
        room=Room(tmp_path / "room"),
    )


@pytest.fixture
def heavy(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The same practice with 24 MB more and a restic slow enough that there is a middle."""
    (stage.documents / "Imagerie").mkdir(exist_ok=True)
    for number in range(24):
        (stage.documents / "Imagerie" / f"scan {number}.bin").write_bytes(os.urandom(1_000_000))
    slow = tmp_path / "restic-slow"
    slow.write_text('#!/bin/sh\nexec restic --limit-upload 9000 --limit-download 9000 "$@"\n')
    slow.chmod(0o700)
    monkeypatch.setenv("VIGIE_RESTIC", str(slow))
    return stage


@contextmanager
def checking(stage: Stage) -> Iterator["subprocess.Popen[bytes]"]:
    """Let a restic check hold its exclusive lock, stopped in the middle of its work."""
    argv, env = stage.restic._argv(["check"]), stage.restic._env()
    check = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        while all("-tmp-" in lock.name for lock in (stage.repository / "locks").iterdir()):
            assert check.poll() is None, "the check ended before it could be stopped"
        check.send_signal(signal.SIGSTOP)
        yield check
    finally:
        check.kill()
        check.communicate()


def restic_child() -> psutil.Process:
    """Return the restic that this process has started."""
    return next(c for c in psutil.Process().children() if c.name() == "restic")


def killing(after: int) -> Callable[[Place, Progress], None]:
    """Return a listener that ends restic with kill -9 once this many bytes are done."""

    def tell(_: Place, progress: Progress) -> None:
        if progress.bytes >= after:
            restic_child().kill()

    return tell
