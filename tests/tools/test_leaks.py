"""Known leaks: what was imported is found, what was not is unknown, and nothing else is said."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from vigie.tools.leaks import ENTRIES_AT, ENTRY, Leaks, LeaksBroken, seen, weight
from vigie.tools.leaks.importing import Imported, NotRanges, make


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def ranges(folder: Path, leaked: Mapping[str, int], *, also: str = "") -> Path:
    """Write ranges as the service answers them: suffixes, counts, CRLF, and padding."""
    folder.mkdir()
    lines: dict[str, list[str]] = {}
    for password, times in leaked.items():
        whole = digest(password)
        lines.setdefault(whole[:5], []).append(f"{whole[5:]}:{times}")
    for prefix, each in lines.items():
        padding = "F" * 35 + ":0"
        (folder / f"{prefix}{also}").write_bytes("\r\n".join([*sorted(each), padding]).encode())
    return folder


def ordered(file: Path, leaked: Mapping[str, int]) -> Path:
    lines = sorted(f"{digest(password)}:{times}" for password, times in leaked.items())
    file.write_text("\n".join(lines) + "\n")
    return file


LEAKED = {"motdepasse": 52_256, "soleil": 7, "azerty123": 11, "doudou69": 1}


@pytest.mark.parametrize("ending", ["", ".txt"])
def test_what_was_imported_is_found_with_how_often(tmp_path: Path, ending: str) -> None:
    source = ranges(tmp_path / "ranges", LEAKED, also=ending)
    assert make(source, tmp_path / "leaks") == Imported(entries=4, ranges=4)
    with Leaks(tmp_path / "leaks") as leaks:
        assert [leaks.times(p.encode()) for p in LEAKED] == [51_000, 7, 11, 1]
        assert leaks.covered() == 4
        assert leaks.entries == 4


def test_a_range_that_is_not_there_is_unknown_and_not_green(tmp_path: Path) -> None:
    make(ranges(tmp_path / "ranges", LEAKED), tmp_path / "leaks")
    with Leaks(tmp_path / "leaks") as leaks:
        assert leaks.times(b"violon tracteur merle nuage") is None


def test_a_password_of_a_known_range_that_nobody_lost_is_good(tmp_path: Path) -> None:
    source = ranges(tmp_path / "ranges", LEAKED)
    other = digest("violon tracteur merle nuage")
    (source / other[:5]).write_text("0" * 35 + ":3\n")
    make(source, tmp_path / "leaks")
    with Leaks(tmp_path / "leaks") as leaks:
        assert leaks.times(b"violon tracteur merle nuage") == 0


def test_one_ordered_file_says_the_same_as_the_ranges(tmp_path: Path) -> None:
    leaked = {f"passe{n}": n for n in range(1, 2_000)}
    make(ordered(tmp_path / "all.txt", leaked), tmp_path / "one")
    make(ranges(tmp_path / "ranges", leaked), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with Leaks(tmp_path / "one") as leaks:
        assert all(leaks.times(p.encode()) for p in leaked)


def test_counts_are_exact_where_they_are_small_and_true_to_two_figures_beyond() -> None:
    assert [seen(weight(n)) for n in range(1, 12)] == list(range(1, 12))
    for times in (25, 133, 52_256, 46_000_000):
        assert abs(seen(weight(times)) / times - 1) < 0.06


@pytest.mark.parametrize(
    "content",
    [
        b"bonjour\n",
        b"00000006C6BF4AFE9C0B6F1E0E5C7D3A:3\n",  # NTLM
        b"FFFFFD76BD555C1D6D771DE417A4B87E4B4:4\n000000005AD76BD555C1D6D771DE417A4B87E4B4:4\n",
        b"",
    ],
)
def test_another_format_is_refused_and_what_was_there_stays(tmp_path: Path, content: bytes) -> None:
    make(ranges(tmp_path / "ranges", LEAKED), tmp_path / "leaks")
    before = (tmp_path / "leaks").read_bytes()
    (tmp_path / "other.txt").write_bytes(content)
    with pytest.raises(NotRanges):
        make(tmp_path / "other.txt", tmp_path / "leaks")
    assert (tmp_path / "leaks").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["leaks", "other.txt", "ranges"]


def test_hashes_out_of_order_are_refused(tmp_path: Path) -> None:
    lines = sorted((f"{digest(p)}:1" for p in LEAKED), reverse=True)
    (tmp_path / "all.txt").write_text("\n".join(lines))
    with pytest.raises(NotRanges, match="ordre"):
        make(tmp_path / "all.txt", tmp_path / "leaks")


def test_half_a_file_is_no_list(tmp_path: Path) -> None:
    make(ranges(tmp_path / "ranges", LEAKED), tmp_path / "leaks")
    os.truncate(tmp_path / "leaks", ENTRIES_AT + ENTRY)
    with pytest.raises(LeaksBroken):
        Leaks(tmp_path / "leaks")
    (tmp_path / "empty").touch()
    with pytest.raises(LeaksBroken):
        Leaks(tmp_path / "empty")
