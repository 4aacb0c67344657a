import shutil
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.tools.stops.linux import LinuxStops, by_wtmp, times_in

BOOT, RUN_LEVEL, LOGIN = 2, 1, 7
RECORD = struct.Struct("<h2xi32s4s32s256shhiii4I20s")


def record(kind: int, user: bytes, seconds: int, host: bytes = b"6.1.0-44-amd64") -> bytes:
    line = b"~" if kind != LOGIN else b"tty7"
    return RECORD.pack(kind, 0, line, b"~~", user, host, 0, 0, 0, seconds, 0, 0, 0, 0, 0, b"")


def wtmp(place: Path, *records: tuple[int, bytes, int]) -> Path:
    place.write_bytes(b"".join(record(*each) for each in records))
    return place


CUT = ((BOOT, b"reboot", 1_000), (LOGIN, b"claire", 1_500), (BOOT, b"reboot", 9_000))
CLEAN = ((BOOT, b"reboot", 1_000), (RUN_LEVEL, b"shutdown", 2_000), (BOOT, b"reboot", 9_000))


def test_a_boot_without_a_shutdown_before_it_was_a_power_cut(tmp_path: Path) -> None:
    stop = by_wtmp(wtmp(tmp_path / "wtmp", *CUT))
    assert stop.clean is False
    assert stop.at == datetime.fromtimestamp(1_500, UTC)


def test_a_shutdown_between_two_boots_was_one(tmp_path: Path) -> None:
    assert by_wtmp(wtmp(tmp_path / "wtmp", *CLEAN)).clean is True


def test_only_the_last_stop_counts(tmp_path: Path) -> None:
    later = ((RUN_LEVEL, b"shutdown", 9_500), (BOOT, b"reboot", 20_000))
    assert by_wtmp(wtmp(tmp_path / "wtmp", *CUT, *later)).clean is True


def test_one_start_alone_tells_nothing(tmp_path: Path) -> None:
    assert by_wtmp(wtmp(tmp_path / "wtmp", CUT[0])).clean is None
    assert by_wtmp(tmp_path / "absent").clean is None
    (tmp_path / "torn").write_bytes(b"\1" * 100)
    assert by_wtmp(tmp_path / "torn").clean is None


@pytest.mark.skipif(not shutil.which("last"), reason="needs last")
def test_last_reads_the_same_file_alike(tmp_path: Path) -> None:
    for records, shown in ((CUT, False), (CLEAN, True)):
        file = wtmp(tmp_path / "wtmp", *records)
        said = subprocess.run(
            ["last", "-x", "-f", file], capture_output=True, text=True, check=True
        )
        assert ("shutdown system down" in said.stdout) is shown
        assert said.stdout.count("reboot   system boot") == 2


def test_a_machine_without_a_journal_is_read_from_wtmp(tmp_path: Path) -> None:
    empty = tmp_path / "journal"
    empty.mkdir()
    stops = LinuxStops(wtmp=wtmp(tmp_path / "wtmp", *CUT), journal=empty)
    assert stops.last().clean is False


def test_times_of_journald_are_microseconds() -> None:
    raw = '{"__REALTIME_TIMESTAMP": "1500000"}\nnot json\n{"x": 1}\n'
    assert list(times_in(raw)) == [datetime.fromtimestamp(1.5, UTC)]
