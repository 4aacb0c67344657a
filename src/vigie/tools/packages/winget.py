"""winget and the Windows Update Agent, by their documented interface. Not yet run.

`winget upgrade --include-unknown`, `winget upgrade --id … --version … --silent`, `winget pin add`
(learn.microsoft.com/windows/package-manager/winget, looked at on 2026-11-25). Windows itself is
updated by the agent's COM interface `Microsoft.Update.Session` through PowerShell. Neither names
the files it will touch: going back is the restore of the data and of a shadow copy, and a program
that cannot be put back file by file is not updated without a person.
"""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from vigie.tools.packages import Change, Footprint, PackagesFailed, Patience, Simulation
from vigie.tools.packages.running import run

LIMIT = 600.0  # seconds
_AGREED = ("--accept-source-agreements", "--disable-interactivity")
_COLUMNS = ("Id", "Version", "Available")


class Winget:
    """winget, for the packages of a practice's applications."""

    rolls_back = False

    def refresh(self) -> None:
        """Run `winget source update`."""
        _ask("source", "update")

    def simulate(self, packages: Sequence[str]) -> Simulation:
        """Read the table of `winget upgrade`; it never takes a package away."""
        rows = table(_ask("upgrade", *_AGREED))
        return Simulation(
            changes=tuple(
                Change(package=row["Id"], before=row["Version"], after=row["Available"])
                for row in rows
                if not packages or row["Id"] in packages
            )
        )

    def offered(self, package: str) -> str:
        """Return the version offered, or an empty text."""
        found = self.simulate((package,)).changes
        return found[0].after if found else ""

    def download(self, changes: Sequence[Change]) -> None:
        """Run `winget download` for each."""
        for change in changes:
            _ask("download", "--id", change.package, "--version", change.after, *_AGREED)

    def footprint(self, changes: Sequence[Change]) -> Footprint:
        """Raise: an installer does not say what it will touch."""
        raise PackagesFailed("not_supported", ", ".join(change.package for change in changes))

    def install(
        self, changes: Sequence[Change], patience: Patience, mark: Mapping[str, str]
    ) -> None:
        """Run `winget upgrade` for each, pinned to its version."""
        (value,) = mark.values()
        for change in changes:
            argv = ["winget", "upgrade", "--exact", "--silent", *_AGREED]
            run([*argv, "--id", change.package, "--version", change.after], {}, patience, value)

    def defects(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """Return the packages that are not at their version."""
        there = self.installed([change.package for change in changes])
        return tuple(c.package for c in changes if there.get(c.package) != c.after)

    def installed(self, packages: Sequence[str]) -> Mapping[str, str]:
        """Read the table of `winget list`."""
        rows = table(_ask("list", *_AGREED))
        return {row["Id"]: row["Version"] for row in rows if row["Id"] in packages}

    def hold(self, packages: Sequence[str]) -> None:
        """Run `winget pin add --blocking`."""
        for package in packages:
            _ask("pin", "add", "--id", package, "--blocking")

    def release(self, packages: Sequence[str]) -> None:
        """Run `winget pin remove`."""
        for package in packages:
            _ask("pin", "remove", "--id", package)

    def books_kept(self, changes: Sequence[Change], state: Path) -> None:
        """Raise: there are no books to put back."""
        raise PackagesFailed("not_supported", f"{state}: {len(changes)}")


def table(said: str) -> list[dict[str, str]]:
    """Given one of winget's tables, return its rows by the titles that we read.

    Columns begin where their titles begin, above a line of dashes.
    """
    lines = said.splitlines()
    ruler = next((n for n, line in enumerate(lines) if n and set(line.strip()) == {"-"}), None)
    if ruler is None:
        return []
    head = lines[ruler - 1]
    starts = {title: head.find(title) for title in _COLUMNS if title in head}
    every = [n for n, sign in enumerate(head) if sign != " " and (n == 0 or head[n - 1] == " ")]
    rows = []
    for line in lines[ruler + 1 :]:
        row = {}
        for title, start in starts.items():
            end = next((n for n in every if n > start), len(line))
            row[title] = line[start:end].strip()
        if row.get("Id"):
            rows.append(row)
    return rows


def _ask(*argv: str) -> str:
    try:
        done = subprocess.run(
            ["winget", *argv], capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PackagesFailed("missing_program", str(failure)) from failure
    if done.returncode:
        raise PackagesFailed("not_installable", (done.stderr or done.stdout).strip()[:2000])
    return done.stdout
