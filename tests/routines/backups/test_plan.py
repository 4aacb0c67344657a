import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from vigie.routines.backups.plan import HOURS, BackupPlan, PlanWrong

GOOD = {"folders": ["/srv/cabinet"], "repositories": ["/mnt/disque/vigie"]}


def test_the_shortest_plan_has_a_folder_and_a_place() -> None:
    plan = BackupPlan.from_table(GOOD)
    assert plan.folders == (Path("/srv/cabinet"),)
    assert [place.location for place in plan.places] == ["/mnt/disque/vigie"]
    assert plan.hours == HOURS


def test_a_place_says_what_it_is() -> None:
    far = {"name": "hds", "location": "rest:https://hds.example/", "append_only": True,
           "offsite": True, "password_file": "/etc/vigie/cle"}  # fmt: skip
    plan = BackupPlan.from_table({**GOOD, "repositories": [far], "hours": ["20:00", "12:30"]})
    (place,) = plan.places
    assert (place.append_only, place.offsite, place.offline) == (True, True, False)
    assert place.password_file == Path("/etc/vigie/cle")
    assert plan.hours == (time(12, 30), time(20, 0))


def test_the_console_learns_nothing_of_a_place() -> None:
    (place,) = BackupPlan.from_table(GOOD).places
    assert re.fullmatch(r"r[0-9a-f]{15}", place.pseudonym)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"folder": ["/srv"]}, "folder"),
        ({"folders": []}, "folders"),
        ({"folders": "/srv"}, "folders"),
        ({"folders": ["srv"]}, "srv"),
        ({"folders": [3]}, "3"),
        ({"repositories": []}, "repositories"),
        ({"repositories": ["disque"]}, "disque"),
        ({"repositories": [{"name": "nas"}]}, "location"),
        ({"repositories": [{"location": "/nas", "offsite": "oui"}]}, "offsite"),
        ({"repositories": [{"location": "/nas", "password": "x"}]}, "password"),
        ({"repositories": [3]}, "repositories"),
        ({"repositories": ["/nas", "/nas"]}, "/nas"),
        ({"hours": ["20h"]}, "20h"),
        ({"excludes": ["a/b"]}, "a/b"),
    ],
)
def test_each_wrong_key_has_one_clear_sentence(change: dict[str, Any], named: str) -> None:
    with pytest.raises(PlanWrong) as wrong:
        BackupPlan.from_table({**GOOD, **change})
    sentence = str(wrong.value)
    assert named in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
