"""Rounds through desktops and shared folders: what is new is told once, what has gone as well."""

import os
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.evidence.passwords import Note, NotesSeen
from vigie.readers.notes.reader import looking
from vigie.sensors import SensorBlind
from vigie.sensors.notes import places
from vigie.sensors.notes.ledger import NoteLedger
from vigie.sensors.notes.places import Place, desks, papers
from vigie.sensors.notes.watching import REMINDER, Notes

NOTE = "Doctolib\nmdp : Soleil2024!\n"


class Stage:
    def __init__(self, tmp_path: Path) -> None:
        self.home = tmp_path / "home" / "lea"
        self.shared = tmp_path / "cabinet"
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)
        for folder in (self.home / "Bureau", self.home / "Documents" / "Personnel", self.shared):
            folder.mkdir(parents=True)
        (tmp_path / "home").chmod(0o755)
        self.home.chmod(0o700)
        self.ledger = NoteLedger(tmp_path / "notes.db")
        self.notes = Notes(
            self.where, tmp_path / "notes.db", looking, machine="accueil", clock=lambda: self.now
        )

    def where(self) -> Sequence[Place]:
        return [Place(folder=self.shared, shared=True), *desks([self.home])]

    def round(self) -> list[Note]:
        return self.notes.round(self.ledger, threading.Event())


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_note_on_the_desktop_is_told_once(stage: Stage) -> None:
    note = stage.home / "Bureau" / "mdp.txt"
    note.write_text(NOTE)
    (stage.home / "Bureau" / "courrier.txt").write_text("Cher confrère, à lundi.")
    (seen,) = stage.round()
    assert (seen.path, seen.passwords, seen.shared) == (str(note), 1, False)
    assert stage.round() == []


def test_nothing_of_the_note_is_in_the_ledger(stage: Stage, tmp_path: Path) -> None:
    (stage.home / "Bureau" / "mdp.txt").write_text(NOTE)
    stage.round()
    stage.ledger.close()
    kept = b"".join(f.read_bytes() for f in tmp_path.glob("notes.db*"))
    assert b"mdp.txt" in kept
    assert b"Soleil" not in kept
    assert b"Doctolib" not in kept


def test_a_note_in_a_shared_folder_is_everybodys(stage: Stage) -> None:
    (stage.shared / "codes.txt").write_text(NOTE)
    assert [seen.shared for seen in stage.round()] == [True]


@pytest.mark.skipif(os.name == "nt", reason="rights are elsewhere")
def test_a_home_that_all_can_walk_into_is_shared_too() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        Path(folder).chmod(0o755)
        stage = Stage(Path(folder))
        stage.home.chmod(0o755)
        (stage.home / "Bureau" / "mdp.txt").write_text(NOTE)
        assert [seen.shared for seen in stage.round()] == [True]
        stage.ledger.close()


def test_what_is_put_away_is_told_as_well(stage: Stage) -> None:
    emptied, removed = stage.home / "Bureau" / "mdp.txt", stage.shared / "codes.txt"
    for note in (emptied, removed):
        note.write_text(NOTE)
    stage.round()
    emptied.write_text("tout est dans le coffre")
    removed.unlink()
    told = {seen.path: (seen.passwords, seen.before) for seen in stage.round()}
    assert told == {str(emptied): (0, 1), str(removed): (0, 1)}
    assert stage.round() == []


def test_a_note_that_stays_is_said_again_after_a_month(stage: Stage) -> None:
    (stage.shared / "codes.txt").write_text(NOTE)
    stage.round()
    stage.now += REMINDER / 2
    assert stage.round() == []
    stage.now += REMINDER
    assert len(stage.round()) == 1


def test_one_more_password_in_it_is_news(stage: Stage) -> None:
    note = stage.shared / "codes.txt"
    note.write_text(NOTE)
    stage.round()
    note.write_text(NOTE + "mdp ameli : Printemps+7\n")
    assert [(seen.passwords, seen.before) for seen in stage.round()] == [(2, 1)]


@pytest.mark.parametrize(
    "place", ["Documents/Personnel/mdp.txt", ".cache/mdp.txt", "Documents/Privé/mdp.txt"]
)
def test_what_is_personal_or_hidden_is_off_limits(stage: Stage, place: str) -> None:
    note = stage.home / place
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(NOTE)
    assert stage.round() == []


def test_links_are_not_followed(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.txt").write_text(NOTE)
    (stage.home / "Bureau" / "lien.txt").symlink_to(tmp_path / "elsewhere.txt")
    (stage.home / "Bureau" / "boucle").symlink_to(stage.home)
    assert stage.round() == []


def test_a_folder_that_is_not_there_is_blindness(stage: Stage) -> None:
    stage.shared.rmdir()
    with pytest.raises(SensorBlind) as blind:
        stage.round()
    assert blind.value.reason == "no_folder"


def test_a_round_that_is_stopped_forgets_nothing(stage: Stage) -> None:
    (stage.shared / "codes.txt").write_text(NOTE)
    stage.round()
    stop = threading.Event()
    stop.set()
    assert stage.notes.round(stage.ledger, stop) == []
    assert stage.round() == []


def test_the_sensor_tells_its_sink(stage: Stage, tmp_path: Path) -> None:
    for name in ("codes.txt", "mdp.txt", "acces.txt"):
        (stage.shared / name).write_text(NOTE)
    told: list[object] = []
    stop = threading.Event()

    def sink(evidence: object) -> None:
        told.append(evidence)
        stop.set()

    notes = Notes(stage.where, tmp_path / "other.db", looking, machine="x", first=timedelta(0))
    thread = threading.Thread(target=notes.observe, args=(sink, stop))
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    (seen,) = told  # three notes, and people are told once
    assert isinstance(seen, NotesSeen)
    assert len(seen.notes) == 3


def test_only_what_may_be_a_note_is_opened(stage: Stage) -> None:
    for name in ("radio.dcm", "photo.jpg", "courrier.pdf", "mdp.pdf", "sans_fin", "~$mdp.docx"):
        (stage.shared / name).write_text(NOTE)
    met = [paper.path.name for paper in papers(Place(folder=stage.shared, shared=True))]
    assert met == ["mdp.pdf", "sans_fin"]


def test_a_kill_before_it_was_heard_tells_it_again(stage: Stage) -> None:
    (stage.shared / "codes.txt").write_text(NOTE)

    def killed(_notes: list[Note]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage.notes.round(stage.ledger, threading.Event(), killed)
    assert len(stage.round()) == 1


def test_a_folder_that_is_closed_to_us_is_said_to_be(stage: Stage, tmp_path: Path) -> None:
    closed = stage.shared / "fermé"
    closed.mkdir(mode=0o700)
    told: list[object] = []
    stop = threading.Event()

    def sink(evidence: object) -> None:
        told.append(evidence)
        stop.set()

    notes = Notes(stage.where, tmp_path / "other.db", looking, machine="x")
    real = os.scandir

    def refused(path: Path) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "closed", str(path))
        return real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places.os, "scandir", refused)
        notes.observe(sink, stop)
    (blind,) = told
    assert isinstance(blind, SensorWentBlind)
    assert (blind.reason, blind.detail) == ("no_permission", str(closed))
