"""Which disks the copies lie on: a copy on the documents' own disk dies with it."""

from pathlib import Path

from vigie.routines.backups.plan import BackupPlan


def on_another_disk(plan: BackupPlan) -> bool:
    """Return whether a local repository lies on another disk than every folder of the plan."""
    local = [Path(place.location) for place in plan.places if ":" not in place.location]
    used = {folder.stat().st_dev for folder in plan.folders if folder.exists()}
    return any(path.exists() and path.stat().st_dev not in used for path in local)
