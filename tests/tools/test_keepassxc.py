"""The strongbox, by KeePassXC's own program: what goes in comes out, and nothing else does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from vigie.domain.evidence.secrets import Secret
from vigie.tools import keepassxc
from vigie.tools.keepassxc import StrongboxFailed

PHRASE = "bamilo fetuda tozaki nopure"
QUICK = 100  # milliseconds, the least it accepts: a play withstands nobody
needs_program = pytest.mark.skipif(
    not shutil.which("keepassxc-cli"), reason="KeePassXC is not installed"
)
SECRETS = [
    Secret(place="Doctolib", login="accueil@cabinet.example", password="Soleil2024!"),
    Secret(place='Wi-Fi "invités"; <salle>', login="", password='a,b;"c"<&>\\\'é€ 🔑'),
    Secret(place="=2+2", login="@lea", password="  blancs  "),
]


@needs_program
def test_what_goes_in_comes_out_the_same(tmp_path: Path) -> None:
    box = tmp_path / "coffre.kdbx"
    keepassxc.make(box, PHRASE, SECRETS, name="Cabinet <Favre>", milliseconds=QUICK)
    assert keepassxc.opened(box, PHRASE) == SECRETS
    assert box.stat().st_mode & 0o077 == 0


@needs_program
def test_without_the_phrase_nothing_is_readable(tmp_path: Path) -> None:
    box = tmp_path / "coffre.kdbx"
    keepassxc.make(box, PHRASE, SECRETS, name="Cabinet", milliseconds=QUICK)
    assert b"Soleil2024!" not in box.read_bytes()
    assert b"Doctolib" not in box.read_bytes()
    with pytest.raises(StrongboxFailed) as failed:
        keepassxc.opened(box, "another phrase")
    assert failed.value.reason == "damaged"


@needs_program
def test_adding_twice_adds_once_and_keeps_what_was_there(tmp_path: Path) -> None:
    box = tmp_path / "coffre.kdbx"
    keepassxc.make(box, PHRASE, SECRETS[:1], name="Cabinet", milliseconds=QUICK)
    newer = Secret(place="Doctolib", login="accueil@cabinet.example", password="Automne")
    before = box.stat().st_mtime_ns
    subprocess.run(["sleep", "1.1"], check=True)  # KeePass counts seconds: the newer one wins
    for _ in range(2):
        keepassxc.add(box, PHRASE, [newer, SECRETS[1]], name="Cabinet")
    assert {s.password for s in keepassxc.opened(box, PHRASE)} == {"Automne", SECRETS[1].password}
    assert box.stat().st_mtime_ns > before
    assert [each.name for each in tmp_path.iterdir()] == ["coffre.kdbx"]


@needs_program
def test_no_secret_stands_on_a_command_line_or_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard"
    spy = tmp_path / "bin" / "keepassxc-cli"
    spy.parent.mkdir()
    real = shutil.which("keepassxc-cli")
    spy.write_text(f'#!/bin/sh\necho "$@" >> {heard}\nexec {real} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    keepassxc.make(tmp_path / "c.kdbx", PHRASE, SECRETS, name="Cabinet", milliseconds=QUICK)
    keepassxc.opened(tmp_path / "c.kdbx", PHRASE)
    said = heard.read_text()
    assert "import" in said
    assert PHRASE not in said
    assert "Soleil2024!" not in said


def test_without_the_program_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(keepassxc, "_ELSEWHERE", ())
    with pytest.raises(StrongboxFailed) as failed:
        keepassxc.program()
    assert failed.value.reason == "missing_program"


def test_a_secret_never_shows_itself() -> None:
    assert "Soleil2024!" not in repr(SECRETS)
