"""The whole conductor with real apt, in a room of its own: as `vigie update` is used."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from vigie.routines.rehearsals.failed_update import play
from vigie.routines.rehearsals.rehearsal import Stage
from vigie.routines.rehearsals.update_room import NEEDED, Room

STAGE = Path(__file__).parents[2] / "stage"

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(os.geteuid() != 0, reason="a room needs root"),
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason="a program is missing"),
]

Tries = Mapping[str, dict[str, Any]]


def test_the_rehearsal_takes_bad_versions_back_and_keeps_the_good_one(tmp_path: Path) -> None:
    (trial,) = play(Stage(scratch=tmp_path))
    assert trial.held, (tmp_path / "said").read_text()
    assert trial.numbers["updates"] == 3
    assert trial.numbers["lost"] == 0


@pytest.fixture(scope="module")
def tries(tmp_path_factory: pytest.TempPathFactory) -> Tries:
    """Return what each step of a long evening came to."""
    scratch = tmp_path_factory.mktemp("evening")
    room = Room(scratch=scratch)
    more = {"PYTHONPATH": str(STAGE)}
    said = [json.loads(line) for line in room.lines("update_tries", str(scratch), more=more)]
    assert said, (scratch / "said").read_text()
    return {one["name"]: one for one in said}


def last(step: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = step["answers"][-1]
    return answer


def facts(step: dict[str, Any]) -> list[str]:
    return [finding["fact"] for answer in step["answers"] for finding in answer["findings"]]


def test_where_nothing_is_offered_nothing_is_found(tries: Tries) -> None:
    assert tries["nothing_offered"]["status"] == 0
    assert last(tries["nothing_offered"])["changes"] == []


def test_a_plan_names_each_package_and_touches_nothing(tries: Tries) -> None:
    planned = tries["planned"]
    assert last(planned)["changes"] == [{"package": "vigie-essai", "before": "1.0", "after": "2.0"}]
    assert (planned["status"], planned["version"], planned["states"]) == (0, "1.0", [])


def test_an_evening_can_be_put_off(tries: Tries) -> None:
    assert tries["put_off"]["status"] == 0
    assert last(tries["put_off"])["put_off_until"]


def test_a_bad_version_is_taken_back_and_held(tries: Tries) -> None:
    bad = tries["bad"]
    assert (bad["status"], bad["version"]) == (1, "1.0")
    assert facts(bad) == ["update_rolled_back"]
    assert (last(bad)["reason"], last(bad)["changed"]) == ("records_changed", 1)
    assert bad["held"] == ["vigie-essai"]
    assert last(tries["held"])["changes"] == []


def test_what_was_cut_off_is_taken_back_by_the_next_one(tries: Tries) -> None:
    assert tries["orphans"]["there"]
    assert tries["cut_off"]["status"] == 1
    resumed = tries["resumed"]
    assert (resumed["status"], resumed["version"]) == (1, "1.0")
    assert facts(resumed) == ["update_interrupted"]
    assert resumed["held"] == []  # nothing is known against it
    assert (tries["cleared"]["there"], tries["cleared"]["audit"]) == ([], "")


def test_nothing_runs_during_consultations(tries: Tries) -> None:
    consulting = tries["consulting"]
    assert (consulting["status"], consulting["version"]) == (2, "1.0")
    assert "consultations" in consulting["said"]


def test_a_good_version_is_kept(tries: Tries) -> None:
    good = tries["good"]
    assert (good["status"], good["version"]) == (0, "2.2")
    assert last(good)["state"] == "kept"


def test_a_version_that_fails_late_goes_back_with_the_morning(tries: Tries) -> None:
    late = tries["late"]
    assert (late["status"], late["version"]) == (0, "1.0")
    assert last(late)["carried"] == 1
    assert tries["end"]["lost"] == 0
    assert tries["end"]["scan"] == "reçu ce matin"


def test_there_is_nothing_to_go_back_from_twice(tries: Tries) -> None:
    assert tries["nothing_to_go_back_from"]["status"] == 2


def test_the_status_tells_of_every_run(tries: Tries) -> None:
    states = [answer["state"] for answer in tries["status"]["answers"] if "state" in answer]
    assert states == ["rolled_back", "rolled_back", "rolled_back"]
