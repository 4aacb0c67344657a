"""A practice's network of real programs: everything open is found, nothing shut is accused."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import namespaces
import practice_lan
import pytest

from vigie.guards.open_printer.guard import FACTS

DOOR_OF = {fact: door.value for door, (fact, _) in FACTS.items()} | {
    "settings_to_check": "settings"
}
DOOR_OF["open_to_internet"] = "mapping"
pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(not namespaces.possible(), reason="needs root and network namespaces"),
]


@contextmanager
def standing(seed: int) -> Iterator[practice_lan.Bed]:
    # Short, for the sockets of Samba; readable, because smbd and postgres are other people.
    with tempfile.TemporaryDirectory(prefix="vg-") as name:
        folder = Path(name) / "bed"
        folder.mkdir()
        Path(name).chmod(0o755)
        bed = practice_lan.build(folder, seed)
        try:
            yield bed
        finally:
            bed.lan.close()


def scanned(bed: practice_lan.Bed, home: Path, *more: str) -> list[dict[str, object]]:
    ran = subprocess.run(
        ["ip", "netns", "exec", bed.agent, sys.executable, "-m", "vigie.cli", "scan", "network",
         bed.network, "--json", *more],
        capture_output=True, text=True, check=False,
        env={**os.environ, "VIGIE_HOME": str(home)},
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def doors(rows: list[dict[str, object]]) -> Counter[tuple[str, str]]:
    return Counter(
        (str(row["input"]), DOOR_OF[finding["fact"]])
        for row in rows
        for finding in row["findings"]  # type: ignore[attr-defined]
        if finding["fact"] in DOOR_OF
    )


@pytest.mark.timeout(280)
@pytest.mark.parametrize("seed", [401, 402])
def test_all_that_is_open_is_found_and_nothing_is_printed(tmp_path: Path, seed: int) -> None:
    with standing(seed) as bed:
        rows = scanned(bed, tmp_path / "home", "--try-default-passwords")
        assert doors(rows) == Counter(bed.planted)
        assert len(bed.decoys) >= 8
        assert bed.printed() == (0, 0)
        assert bed.counted.changes.total() == 0
        assert max(bed.counted.passwords.values(), default=0) <= 1
        assert {str(row["input"]) for row in rows} >= bed.decoys
        # Again, without consent: no password at all, and nothing is news.
        bed.counted.passwords.clear()
        again = scanned(bed, tmp_path / "home")
        assert bed.counted.passwords.total() == 0
        news = {f["fact"] for row in again for f in row["findings"]}  # type: ignore[attr-defined]
        assert not news & {"device_new", "device_gone", "door_unread"}
        assert bed.printed() == (0, 0)
