"""What apt says, understood."""

from pathlib import Path

from vigie.tools.packages import Change
from vigie.tools.packages.apt import is_lock, parsed
from vigie.tools.packages.softwareupdate import parsed as listed
from vigie.tools.packages.winget import table

SIMULATED = """\
Reading package lists...
The following packages will be upgraded:
  medicabinet
Remv lecteur-carte [2.1]
Inst libfoo1 (3.2-1 Debian:12/stable [amd64])
Inst medicabinet [1.0] (2.0 localhost [all]) []
Conf libfoo1 (3.2-1 Debian:12/stable [amd64])
Conf medicabinet (2.0 localhost [all])
"""

WINGET = """\
Name                Id                  Version  Available Source
-------------------------------------------------------------------
Mozilla Firefox     Mozilla.Firefox     119.0    120.0.1   winget
7-Zip 23.01 (x64)   7zip.7zip           23.01    24.08     winget
2 upgrades available.
"""

APPLE = """\
Software Update Tool

Finding available software
Software Update found the following new or updated software:
* Label: macOS Sonoma 14.6.1-23G93
\tTitle: macOS Sonoma 14.6.1, Version: 14.6.1, Size: 1546752KiB, Recommended: YES, Action: restart,
* Label: Safari17.6-17.6
\tTitle: Safari, Version: 17.6, Size: 170000KiB, Recommended: YES,
"""


def test_what_is_new_what_changes_and_what_would_go_are_told_apart() -> None:
    found = parsed(SIMULATED)
    assert found.changes == (
        Change(package="libfoo1", before="", after="3.2-1"),
        Change(package="medicabinet", before="1.0", after="2.0"),
    )
    assert found.removals == ("lecteur-carte",)


def test_the_locks_of_dpkg_are_no_part_of_its_books() -> None:
    assert is_lock(Path("/var/lib/dpkg/lock-frontend"))
    assert not is_lock(Path("/var/lib/dpkg/status"))
    assert not is_lock(Path("/etc/lock"))


def test_a_table_of_winget_is_read_by_its_titles() -> None:
    rows = table(WINGET)
    assert [(row["Id"], row["Version"], row["Available"]) for row in rows[:2]] == [
        ("Mozilla.Firefox", "119.0", "120.0.1"),
        ("7zip.7zip", "23.01", "24.08"),
    ]


def test_a_list_of_apple_is_read_label_by_label() -> None:
    assert [(change.package, change.after) for change in listed(APPLE)] == [
        ("macOS Sonoma 14.6.1-23G93", "14.6.1"),
        ("Safari17.6-17.6", "17.6"),
    ]
