"""A recorded practice: verify it, repair it, and see what is said."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from vigie.routines.backups.plan import BackupPlan
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.keeping import Keeper, Recorded
from vigie.routines.integrity.repairing import Repaired
from vigie.routines.integrity.verifying import Seen
from vigie.routines.integrity.workshop import repairer, verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Its documents, and Vigie's home beside them."""

    folder: Path
    home: Path

    def one(self, ending: str) -> Path:
        """Return one document of a kind, always the same."""
        return next(p for p in sorted(self.folder.rglob(f"*{ending}")) if p.name[0] != ".")

    def record(self, **how: bool) -> tuple[Recorded, list[Seen]]:
        counts = Recorded()
        with verifier(self.home) as work:
            troubles = list(Keeper(verifier=work, **how).run(self.folder, counts))
            work.room.tidy()
        return counts, troubles

    def look(self) -> dict[Path, Seen]:
        with verifier(self.home) as work:
            return {seen.path: seen for seen in work.run([self.folder])}

    def state(self, path: Path) -> State:
        return self.look()[path].state

    def unwell(self) -> dict[Path, State]:
        return {path: seen.state for path, seen in self.look().items() if not seen.well}

    def repair(
        self, plan: BackupPlan | None = None, *, missing: bool = True, letters: bool = False
    ) -> list[Repaired]:
        with verifier(self.home) as work:
            seen = list(work.run([self.folder]))
            mender = repairer(work, self.home, plan, missing=missing, letters=letters)
            return list(mender.run(seen))


def recorded(documents: Path, place: Path) -> Practice:
    """Copy documents with their dates, and record them."""
    folder, home = place / "cabinet", place / "home"
    shutil.copytree(documents, folder)
    home.mkdir(mode=0o700, parents=True)
    practice = Practice(folder=folder, home=home)
    practice.record()
    return practice
