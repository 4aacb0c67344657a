"""A strongbox is in place only when it was opened again and held what went in."""

import math
import shutil
from pathlib import Path

import pytest

from vigie.domain.evidence.secrets import Secret
from vigie.routines.strongboxes import making
from vigie.tools import keepassxc

pytestmark = pytest.mark.skipif(
    not shutil.which("keepassxc-cli"), reason="KeePassXC is not installed"
)
PHRASE = "bamilo fetuda tozaki nopure"
QUICK = 100  # milliseconds, the least it accepts: a play withstands nobody


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "mdp.txt"
    file.write_text("Doctolib\nMot de passe : Soleil2024!\n\nDoctolib\nmdp : Automne7\n")
    return file


def test_a_note_goes_in_and_nothing_of_it_is_lost(tmp_path: Path, note: Path) -> None:
    secrets = making.from_notes([note])
    box = tmp_path / "coffre.kdbx"
    filled = making.make(box, PHRASE, secrets, practice="Cabinet", milliseconds=QUICK)
    assert (filled.added, filled.held) == (2, 2)
    assert {(s.place, s.password) for s in keepassxc.opened(box, PHRASE)} == {
        ("Doctolib", "Soleil2024!"),
        ("Doctolib (2)", "Automne7"),
    }
    assert note.exists()


def test_what_does_not_come_back_the_same_is_no_strongbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keepassxc, "opened", lambda *_: [])
    box = tmp_path / "coffre.kdbx"
    with pytest.raises(making.NotFilled):
        making.make(
            box, PHRASE, [Secret(place="x", password="y")], practice="x", milliseconds=QUICK
        )
    assert list(tmp_path.iterdir()) == []


def test_a_strongbox_that_is_there_is_never_replaced(tmp_path: Path, note: Path) -> None:
    box = tmp_path / "coffre.kdbx"
    box.write_bytes(b"somebody's")
    with pytest.raises(FileExistsError):
        making.make(box, PHRASE, making.from_notes([note]), practice="x", milliseconds=QUICK)
    assert box.read_bytes() == b"somebody's"


@pytest.mark.parametrize("content", [b"", b"Cher confr\xc3\xa8re,\n"])
def test_a_note_without_passwords_is_said_to_be_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lettre.txt").write_bytes(content)
    with pytest.raises(making.NoteUnread, match="lettre"):
        making.from_notes([tmp_path / "lettre.txt"])


def test_a_passphrase_is_new_each_time_and_hard_to_guess() -> None:
    phrases = {making.make_passphrase() for _ in range(50)}
    assert len(phrases) == 50
    assert all(len(phrase.split()) == 4 for phrase in phrases)
    assert 12 * math.log2(75) > 74
