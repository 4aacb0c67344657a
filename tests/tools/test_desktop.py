from pathlib import Path

import pytest

from vigie.tools import desktop

SENTENCE = "Nous avons isolé ce poste. Laissez-le allumé."


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "notify-send"
    monkeypatch.setenv("PATH", str(tmp_path))
    return file


def written(program: Path, script: str) -> None:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_machine_without_a_desktop_shows_nothing_and_says_so(program: Path) -> None:
    assert not program.exists()
    assert desktop.show(SENTENCE, grave=True) is False


def test_the_sentence_reaches_the_desktop_and_does_not_vanish_by_itself(program: Path) -> None:
    said = program.with_name("said")
    written(program, f'for word; do echo "$word"; done > {said}')
    assert desktop.show(SENTENCE, grave=True)
    words = said.read_text().splitlines()
    assert SENTENCE in words
    assert "--urgency=critical" in words
    assert "--expire-time=0" in words


def test_a_desktop_that_refuses_counts_as_nobody_interrupted(program: Path) -> None:
    written(program, "exit 1")
    assert desktop.show(SENTENCE, grave=False) is False
