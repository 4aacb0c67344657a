"""The conductor of this machine, put together from its settings: for the agent and the commands."""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from vigie.agent.settings import BadSettings, Settings
from vigie.domain.evidence.backups import BackupFailed
from vigie.routines.backups.making import Maker
from vigie.routines.backups.plan import BackupPlan, PlanWrong
from vigie.routines.backups.room import Room, RoomHeld
from vigie.routines.updates.conducting import Conductor, NotDone
from vigie.routines.updates.register import Register
from vigie.tools.packages import Packages, Patience
from vigie.tools.packages.apt import Apt
from vigie.tools.packages.softwareupdate import SoftwareUpdate
from vigie.tools.packages.winget import Winget
from vigie.tools.snapshots import NoSnapshots, Snapshots
from vigie.tools.snapshots.apfs import Apfs
from vigie.tools.snapshots.btrfs import Btrfs
from vigie.tools.snapshots.lvm import Lvm
from vigie.tools.snapshots.vss import Vss
from vigie.watch.calendar import next_consultation

FOLDER = "updates"


def conductor(settings: Settings, home: Path, *, machine: str = "local") -> Conductor:
    """Return what conducts the updates of this machine."""
    keys = settings.updates
    register = Register(home / FOLDER)
    return Conductor(
        register=register,
        packages=packages(settings, register),
        snapshots=snapshots(register.folder) if keys.snapshots else NoSnapshots(),
        applications=tuple(each.application for each in settings.application),
        home=home,
        back_up=partial(_back_up, settings, home, machine) if settings.backup else _nothing,
        patience=Patience(longest=60.0 * keys.longest_minutes, silent=float(keys.silent_seconds)),
        kept_for=timedelta(days=keys.kept_days),
        language=settings.practice.language,
        until=lambda: next_consultation(settings.practice.hours, datetime.now(UTC)),
    )


def packages(settings: Settings, register: Register) -> Packages:
    """Return this system's package manager."""
    if sys.platform == "win32":
        return Winget()
    if sys.platform == "darwin":
        return SoftwareUpdate()
    return Apt(register.folder / "downloads", settings=settings.updates.apt_settings)


def snapshots(folder: Path) -> Snapshots:
    """Return what this system's disks can be asked for; `folder` is our own."""
    if sys.platform == "win32":
        return Vss(folder / "volumes")
    if sys.platform == "darwin":
        return Apfs(folder / "volumes")
    if shutil.which("btrfs"):
        return Btrfs()
    return Lvm(folder / "volumes") if shutil.which("lvs") else NoSnapshots()


def _nothing() -> None:
    """Do nothing: the practice has no plan of backups."""


def _back_up(settings: Settings, home: Path, machine: str) -> None:
    """Make the practice's own backup. Raise NotDone if no place took it."""
    try:
        plan = BackupPlan.from_table(settings.backup)
        run = Maker(plan=plan, room=Room(home / "backups"), machine=machine).run()
    except PlanWrong as wrong:
        raise BadSettings(str(wrong)) from wrong
    except RoomHeld as held:
        raise NotDone("not_backed_up", "another backup is under way") from held
    failures = [made.event for made in run.made if isinstance(made.event, BackupFailed)]
    if len(failures) == len(run.made):
        raise NotDone("not_backed_up", ", ".join(f"{f.trouble} {f.said}" for f in failures))
