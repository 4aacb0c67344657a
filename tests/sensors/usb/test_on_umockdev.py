"""The real udev library, the real files of sysfs, and a bus that umockdev makes up."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STAGE = Path(__file__).parents[2] / "stage"


def played(play: str, folder: Path, *numbers: int) -> dict[str, Any]:
    done = subprocess.run(
        [
            "umockdev-wrapper",
            sys.executable,
            STAGE / "usb_plays.py",
            play,
            folder,
            *map(str, numbers),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return played("watch", tmp_path_factory.mktemp("watch"))


def test_what_was_at_work_goes_on(day: dict[str, Any]) -> None:
    assert day["start"] == ["input_allowed", "input_allowed"]
    assert day["at_work"] == [True, True]


def test_an_unknown_key_is_not_authorized(day: dict[str, Any]) -> None:
    assert day["1-3"] == ["key_unknown", False]


def test_a_key_that_types_is_not_authorized(day: dict[str, Any]) -> None:
    assert day["1-4"] == ["key_types", False]


def test_a_second_keyboard_is_not_authorized_and_a_mouse_is(day: dict[str, Any]) -> None:
    assert day["1-5"] == ["keyboard_new", False]
    assert day["1-6"] == ["input_allowed", True]


def test_an_allowed_key_is_authorized_at_once_and_each_time(day: dict[str, Any]) -> None:
    assert day["allowed"] == ["key_listed", True]
    assert day["again"] == ["key_listed", True]


def test_when_the_only_trusted_keyboard_goes_the_other_is_authorized(day: dict[str, Any]) -> None:
    assert day["replaced"] == ["keyboard_replaced", True]
    assert day["locked"] == 3


def test_the_door_is_open_again_when_the_watch_has_ended(day: dict[str, Any]) -> None:
    assert day["door"] == "1"


def test_a_hid_device_that_turns_out_to_type_is_stopped(tmp_path: Path) -> None:
    answer = played("hid", tmp_path)
    assert answer["before"]
    assert not answer["after"]
    assert answer["said"][-1] == "keyboard_new"


def test_nobody_is_left_without_a_keyboard_on_the_files_of_sysfs(tmp_path: Path) -> None:
    answer = played("sequences", tmp_path, 30)
    assert answer["steps"] == 360
    assert answer["lock_outs"] == 0
    assert answer["typing_keys_let_in"] == 0
