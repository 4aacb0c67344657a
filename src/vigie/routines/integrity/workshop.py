"""The workshop: everything a verification needs, opened together and closed together."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

from vigie.domain.evidence.structure import Structure
from vigie.readers.sandbox.reader import Reader
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room as BackupRoom
from vigie.routines.integrity.judging import Judge
from vigie.routines.integrity.repairing import Repairer
from vigie.routines.integrity.room import held
from vigie.routines.integrity.sources import FromBackups, FromVault, OwnCopies
from vigie.routines.integrity.verifying import Tell, Verifier
from vigie.routines.restore_proofs.apart import Apart, Opening
from vigie.tools.confinement import Limits

# A document that changed is read whole; there are few of them, and one that was damaged must show.
WHOLE = 64 << 20
PATIENT = Limits(time=timedelta(seconds=20), memory=1 << 30)
VAULT = "vault"  # in Vigie's home
NIGHT = timedelta(hours=8)  # the longest a verification may keep its reader


@contextmanager
def verifier(
    home: Path, *, leave: Sequence[str] = (), tell: Tell = lambda _done, _total: None
) -> Iterator[Verifier]:
    """Open the room below `home` and the readers, apart. Raise RoomHeld if another is inside."""
    with held(home) as room, ExitStack() as ends, closing(Apart(within=NIGHT)) as apart:
        # Started by the first document that needs it: a quiet night needs none.
        reader = cache(lambda: ends.enter_context(Reader(limits=PATIENT)))

        def inspect(descriptor: int, name: str) -> Structure:
            return reader().inspect(descriptor, name, work=WHOLE)

        def open_whole(path: Path, ending: str) -> bool | None:
            opened = apart.open(path, ending)
            return None if opened is Opening.NO_READER else opened is Opening.OPENED

        judge = Judge(inspect=inspect, open_whole=open_whole, kept=room.kept, scratch=room.scratch)
        # Vigie's own folder changes while we look, and is nobody's document.
        yield Verifier(room=room, judge=judge, leave=(*leave, str(home)), tell=tell)


def repairer(  # noqa: PLR0913  (what a person may ask for)
    work: Verifier,
    home: Path,
    plan: BackupPlan | None = None,
    *,
    missing: bool = True,
    doubtful: bool = False,
    letters: bool = False,
) -> Repairer:
    """Return what repairs, from our own copies, the vault, and the backups of a plan."""
    backups = None
    if plan is not None:
        backups = FromBackups(BackupRoom(home / "backups"), plan.places, work.room.scratch)
    return Repairer(
        verifier=work,
        quick=(OwnCopies(work.room), FromVault(home / VAULT)),
        backups=backups,
        missing=missing,
        doubtful=doubtful,
        letters=letters,
    )
