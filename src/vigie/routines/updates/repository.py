"""Our own restic repository on this machine: what going back needs, whatever else fails.

The practice's backups lie elsewhere, and may be a night's download away. This one is here, holds
the files an update may touch, and forgets them once the new version has proved itself.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from vigie.tools.restic import Repository, Restic, write_private
from vigie.tools.restic.failures import ResticFailed, Trouble

TAG = "vigie_update"


@dataclass(frozen=True, slots=True)
class OwnRepository:
    """The repository below `folder`, made when it is first needed."""

    folder: Path

    def restic(self) -> Restic:
        """Return it, ready. Raise ResticFailed without restic."""
        place = self.folder / "repository"
        key = self.folder / "repository.key"
        if not key.exists():
            write_private(key, secrets.token_urlsafe(32))
        restic = Restic(
            Repository(
                location=str(place),
                password_file=key,
                location_file=self.folder / "repository.location",
                cache=self.folder / "cache",
            )
        )
        if not (place / "config").exists():
            restic.init()
        return restic

    def save(self, paths: Sequence[Path], *, excludes: Sequence[str]) -> str:
        """Save these paths; return the snapshot's number. Raise ResticFailed."""
        restic = self.restic()
        try:
            return restic.backup(paths, excludes=excludes, tags=[TAG]).snapshot
        except ResticFailed as failure:
            if failure.trouble is not Trouble.LOCKED:
                raise
        restic.unlock()  # a removal that was killed: nobody else works in this repository
        return restic.backup(paths, excludes=excludes, tags=[TAG]).snapshot

    def restore(self, snapshot: str, target: Path, only: Sequence[str]) -> None:
        """Bring files of a snapshot back below a folder. Raise ResticFailed."""
        restic = self.restic()
        try:
            restic.restore(snapshot, target, only=only)
        except ResticFailed as failure:
            if failure.trouble is not Trouble.LOCKED:
                raise
            restic.unlock()
            restic.restore(snapshot, target, only=only)

    def forget_all_but(self, needed: Collection[str]) -> None:
        """Remove what no run needs: a kill may have left a snapshot that nobody wrote down."""
        if (self.folder / "repository" / "config").exists():
            known = {snapshot.id for snapshot in self.restic().snapshots()}
            wanted = {one for one in known if any(one.startswith(need) for need in needed)}
            self.forget(sorted(known - wanted))

    def forget(self, snapshots: Sequence[str]) -> None:
        """Remove these snapshots and what only they needed."""
        if snapshots:
            restic = self.restic()
            restic.unlock()
            restic.forget(snapshots)
            restic.prune()
