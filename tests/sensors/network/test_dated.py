"""Dated lists are taken in whole, or not at all, and their age is known."""

import json
from datetime import date
from pathlib import Path

import pytest

from vigie.sensors.network.dated import NotAList, ages, lists, take_in

KEV = {
    "dateReleased": "2025-08-25T10:00:00Z",
    "vulnerabilities": [{"vendorProject": "Zyxel", "product": "NAS326", "cveID": "CVE-1"}],
}


def write(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_a_list_is_kept_with_the_day_it_was_published(tmp_path: Path) -> None:
    place = tmp_path / "data"
    assert take_in(write(tmp_path, "kev.json", KEV), place) == ("kev", 1)
    windows = write(tmp_path, "windows.json", [{"cycle": "10", "eol": "2025-10-14"}])
    assert take_in(windows, place) == ("eol", 1)
    known = lists(place)
    assert (len(known.exploited), len(known.releases)) == (1, 1)
    assert ages(known, date(2026, 11, 25))["kev"] == 457


def test_a_missing_list_has_no_age(tmp_path: Path) -> None:
    assert ages(lists(tmp_path / "nowhere"), date(2026, 11, 25)) == {"eol": None, "kev": None}


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"a": 1}', "[" * 100_000])
def test_what_is_no_list_is_not_kept(tmp_path: Path, content: str) -> None:
    with pytest.raises(NotAList):
        take_in(write(tmp_path, "x.json", content), tmp_path / "data")
    assert lists(tmp_path / "data").exploited == ()


def test_a_kept_list_that_was_damaged_counts_as_missing(tmp_path: Path) -> None:
    place = tmp_path / "data"
    take_in(write(tmp_path, "kev.json", KEV), place)
    (place / "kev.json").write_text("{")
    assert ages(lists(place), date(2026, 11, 25))["kev"] is None
