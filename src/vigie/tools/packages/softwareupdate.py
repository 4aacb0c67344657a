"""macOS `softwareupdate`, by its documented interface (its manual page). Not yet run.

`softwareupdate --list`, `--download`, `--install LABEL`. It takes nothing back: a former system is
installed anew. So it is planned, downloaded and told, and begun by a person.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from vigie.tools.packages import Change, Footprint, PackagesFailed, Patience, Simulation
from vigie.tools.packages.running import run

LIMIT = 3600.0  # seconds: it may download a whole system
_VERSION = re.compile(r"Version: ([^,]+),")


class SoftwareUpdate:
    """Apple's own updates."""

    rolls_back = False

    def refresh(self) -> None:
        """Do nothing: `--list` asks Apple each time."""

    def simulate(self, packages: Sequence[str]) -> Simulation:
        """Read `softwareupdate --list`."""
        found = parsed(_ask("--list"))
        wanted = [change for change in found if not packages or change.package in packages]
        return Simulation(changes=tuple(wanted))

    def offered(self, package: str) -> str:
        """Return the version offered, or an empty text."""
        found = self.simulate((package,)).changes
        return found[0].after if found else ""

    def download(self, changes: Sequence[Change]) -> None:
        """Run `softwareupdate --download` for each."""
        for change in changes:
            _ask("--download", change.package)

    def footprint(self, changes: Sequence[Change]) -> Footprint:
        """Raise: it does not say what it will touch."""
        raise PackagesFailed("not_supported", ", ".join(change.package for change in changes))

    def install(
        self, changes: Sequence[Change], patience: Patience, mark: Mapping[str, str]
    ) -> None:
        """Run `softwareupdate --install` for each."""
        (value,) = mark.values()
        for change in changes:
            run(["softwareupdate", "--install", change.package], {}, patience, value)

    def defects(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """Return those that are still offered."""
        offered = {change.package for change in self.simulate(()).changes}
        return tuple(change.package for change in changes if change.package in offered)

    def installed(self, packages: Sequence[str]) -> Mapping[str, str]:
        """Return nothing: Apple names no former version."""
        del packages
        return {}

    def hold(self, packages: Sequence[str]) -> None:
        """Raise: `--ignore` is gone since macOS 11."""
        raise PackagesFailed("not_supported", ", ".join(packages))

    def release(self, packages: Sequence[str]) -> None:
        """Do nothing: nothing is held."""
        del packages

    def books_kept(self, changes: Sequence[Change], state: Path) -> None:
        """Raise: there are no books to put back."""
        raise PackagesFailed("not_supported", f"{state}: {len(changes)}")


def parsed(said: str) -> tuple[Change, ...]:
    """Given what `softwareupdate --list` said, return the updates by their labels."""
    blocks = said.split("* Label: ")[1:]
    return tuple(
        Change(
            package=block.partition("\n")[0].strip(),
            before="",
            after=version[1].strip() if (version := _VERSION.search(block)) else "",
        )
        for block in blocks
    )


def _ask(*argv: str) -> str:
    try:
        done = subprocess.run(
            ["softwareupdate", *argv], capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PackagesFailed("missing_program", str(failure)) from failure
    if done.returncode:
        raise PackagesFailed("not_installable", (done.stderr or done.stdout).strip()[:2000])
    return done.stdout + done.stderr
