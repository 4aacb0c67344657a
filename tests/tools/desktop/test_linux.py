"""Real logind, real session buses of people, a real notify-send; only the eyes are made up."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from vigie.tools.desktop import persons, seats
from vigie.tools.desktop.linux import LIMIT, written

STAGE = Path(__file__).parents[2] / "stage"
LOGIND = Path("/lib/systemd/systemd-logind")
MARIE, LUC = 54321, 54322
# What a play starts ends with it, also when it is cut short.
APART = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
PROGRAMS = ("unshare", "notify-send", "dbus-daemon", "dbus-send", "loginctl", "busctl")
HERE = {
    "User": "1000",
    "Class": "user",
    "Type": "wayland",
    "Active": "yes",
    "Remote": "no",
    "LockedHint": "no",
}


def _dbus_for_python() -> bool:
    asked = ["/usr/bin/python3", "-c", "import dbus.service, gi"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


needs_people = pytest.mark.skipif(
    os.geteuid() != 0
    or not all(map(shutil.which, PROGRAMS))
    or not LOGIND.exists()
    or not _dbus_for_python(),
    reason="needs root, logind, libnotify-bin, dbus and python3-dbus",
)


def played(play: str) -> dict[str, Any]:
    """Play with a `/run` and processes of its own; others may look into the folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*APART, sys.executable, STAGE / "desk_plays.py", play, folder],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return played("seen")


@pytest.fixture(scope="module")
def who() -> dict[str, Any]:
    return played("who")


@needs_people
def test_root_reaches_a_person_once_though_there_are_two_sessions(seen: dict[str, Any]) -> None:
    assert seen["shown"] == [True]
    assert [(row["title"], row["urgency"], row["expires"]) for row in seen["said"]] == [
        ("Vigie", 2, 0),
        ("Vigie", 1, 0),
    ]


@needs_people
def test_the_text_arrives_as_text_and_never_as_markup_or_an_option(seen: dict[str, Any]) -> None:
    first, second = (row["text"] for row in seen["said"])
    assert first == (
        "Nous avons isolé ce poste. « a &amp; b &lt;a href='x'&gt;c&lt;/a&gt; » C:\\new, 8 h ; "
        "laissez-le allumé."
    )
    assert second == "-- Un autre."


@needs_people
def test_the_program_is_that_persons_and_has_nothing_of_roots(seen: dict[str, Any]) -> None:
    looked = seen["looked"]
    assert looked["user"] == [str(MARIE)] * 4
    assert looked["group"] == ["65534"] * 4
    assert looked["groups"] == []
    assert {int(rights, 16) for rights in looked["rights"]} == {0}
    assert looked["environ"] == [
        f"DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/{MARIE}/bus",
        "LANG=C.UTF-8",
        "PATH=/usr/bin:/bin",
    ]
    assert {file.partition(":")[0] for file in looked["files"]} <= {
        "/dev/null",
        "anon_inode",
        "socket",
    }
    assert (looked["folder"], looked["program"]) == ("/", "/usr/bin/notify-send")


@needs_people
def test_that_persons_programs_can_neither_look_into_it_nor_steer_it(seen: dict[str, Any]) -> None:
    for row in seen["said"]:
        assert row["tried"] == {
            "environ": "PermissionError",
            "mem": "PermissionError",
            "fd/1": "PermissionError",
            "ptrace": 1,  # EPERM
        }


@needs_people
def test_who_looks_at_a_screen_sees_it_and_a_locked_one_is_nobody(who: dict[str, Any]) -> None:
    assert who["open"] == {"shown": True, "to": [MARIE, LUC]}
    assert who["luc_locked"] == {"shown": True, "to": [MARIE]}
    assert who["both_locked"] == {"shown": False, "to": []}
    assert who["marie_back"] == {"shown": True, "to": [MARIE]}


@needs_people
def test_the_screens_of_the_same_logind_are_open_until_all_are_locked(who: dict[str, Any]) -> None:
    assert who["someone"] is True
    assert who["to_lock"] == 3  # Marie's, and the two of somebody far away
    assert who["nobody"] is False


@needs_people
@pytest.mark.skipif(not Path("/sys/class/tty/tty0/active").exists(), reason="needs a console")
def test_a_session_behind_another_sees_nothing() -> None:
    assert played("behind") == {"shown": True, "said": [1, 0]}


@needs_people
def test_a_desktop_that_never_answers_holds_nobody_up() -> None:
    said = played("mute")
    (beside, for_two), (alone, for_none) = said["beside"], said["alone"]
    assert (beside, alone) == (True, False)
    assert max(for_two, for_none) < LIMIT.total_seconds() + 3
    assert said["left"] == []


@needs_people
def test_what_a_person_plants_is_not_followed() -> None:
    assert played("planted") == {"shown": False, "said": []}


@needs_people
def test_without_logind_every_bus_is_tried_but_those_of_locked_screens() -> None:
    assert played("without_logind") == {
        "one_locked": [True, 1, 0],
        "both_locked": [False, 1, 0],
        "nobody": [False],
    }


@needs_people
def test_what_is_missing_is_said_where_somebody_sits() -> None:
    assert played("without_program") == {
        "before": "",
        "empty": "",
        "lacks": "notify-send",
        "shown": False,
        "said": [],
    }


@needs_people
def test_the_agent_tells_each_person_once_and_keeps_to_one_calm_notice_a_week() -> None:
    said = played("week")
    first, second = ["Deux."], ["Deux.", "Grave."]
    assert said["first"] == [first, first]
    assert said["same_week"] == [first, first]
    assert said["grave"] == [second, second]
    assert said["later"] == [[*second, "Un."]] * 2
    assert (said["counted"], said["blind"]) == (3, [])


@pytest.mark.parametrize(
    "other",
    [
        {"Class": "greeter"},
        {"Type": "tty"},
        {"Active": "no"},
        {"Remote": "yes"},
        {"LockedHint": "yes"},
        {"User": ""},
    ],
)
def test_only_a_person_at_an_open_screen_counts(other: dict[str, str]) -> None:
    assert seats.at_the_screen(HERE)
    assert not seats.at_the_screen(HERE | other)
    assert not seats.at_the_screen({name: HERE[name] for name in HERE if name not in other})


def test_root_is_nobody_who_sits_here(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    assert persons.reachable(0, tmp_path) is None


def test_a_program_is_looked_for_where_the_system_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "notify-send-of-mine"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("notify-send-of-mine") == str(planted)
    assert persons.found("notify-send-of-mine") is None


def test_a_name_that_is_no_text_is_shown_all_the_same() -> None:
    assert written("a\udce9\0b") == "a?b"
