"""One password on standard input: measured, forgotten, never shown."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GOOD = "violon tracteur merle nuage"


def vigie(home: Path, *words: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", *words],
        input=typed,
        env={**os.environ, "VIGIE_HOME": str(home)},
        capture_output=True,
        check=False,
    )


def check(home: Path, password: str, *words: str) -> dict[str, Any]:
    done = vigie(home, "check", "password", "--json", *words, typed=f"{password}\n".encode())
    assert password.encode() not in done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if answer["decision"] == "allow" else 1)
    return answer


def facts(answer: dict[str, Any]) -> list[str]:
    return [finding["fact"] for finding in answer["findings"]]


@pytest.fixture
def ranges(tmp_path: Path) -> Path:
    folder = tmp_path / "ranges"
    folder.mkdir()
    for password, times in (("Printemps2026", 312), (GOOD, 0)):
        whole = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        suffix = whole[5:] if times else "0" * 35
        (folder / f"{whole[:5]}.txt").write_text(f"{suffix}:{times or 2}\r\n")
    return folder


def test_a_stolen_one_is_recognised_and_a_good_one_is_left_alone(
    tmp_path: Path, ranges: Path
) -> None:
    home = tmp_path / "home"
    installed = vigie(home, "passwords", "leaks", str(ranges))
    assert installed.returncode == 0, installed.stderr
    assert facts(check(home, "Printemps2026")) == ["password_leaked"]
    assert facts(check(home, GOOD)) == []


def test_without_a_list_the_point_is_unknown(tmp_path: Path) -> None:
    answer = check(tmp_path, GOOD)
    assert facts(answer) == ["leaks_unknown"]
    assert answer["decision"] == "allow"


def test_the_same_one_at_a_second_place_is_seen(tmp_path: Path) -> None:
    assert "password_reused" not in facts(check(tmp_path, GOOD, "--for", "banque"))
    assert "password_reused" not in facts(check(tmp_path, GOOD, "--for", "banque"))
    assert "password_reused" in facts(check(tmp_path, GOOD, "--for", "messagerie"))
    assert vigie(tmp_path, "passwords", "forget", "messagerie").returncode == 0
    assert vigie(tmp_path, "passwords", "forget", "messagerie").returncode == 2


def test_names_of_the_practice_are_known_from_its_settings(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(
        '[practice]\nname = "Cabinet des Tilleuls"\ncaretaker = "Karim"\n'
    )
    assert "password_from_practice" in facts(check(tmp_path, "tilleuls6900"))
    assert "password_from_practice" in facts(check(tmp_path, "Moudon-1510-!", "--name", "Moudon"))


def test_what_a_device_came_with_is_named(tmp_path: Path) -> None:
    answer = check(tmp_path, "masterkey")
    assert facts(answer)[0] == "password_default"
    assert "Firebird" in answer["findings"][0]["sentence"]


@pytest.mark.parametrize("typed", [b"", b"\n", b"un\ndeux\n", b"x" * 5000])
def test_what_is_no_password_is_one_sentence_and_exit_2(tmp_path: Path, typed: bytes) -> None:
    done = vigie(tmp_path, "check", "password", typed=typed)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_bytes_that_are_no_text_are_measured_all_the_same(tmp_path: Path) -> None:
    done = vigie(tmp_path, "check", "password", typed=b"\xe9t\xe92026\r\n")
    assert done.returncode == 1


def test_nothing_of_it_stays_on_the_disk(tmp_path: Path) -> None:
    check(tmp_path, GOOD, "--for", "banque")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not any(b"tracteur" in file.read_bytes() for file in files)
