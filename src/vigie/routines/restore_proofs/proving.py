"""Restore a random sample, compare it with what was recorded at backup time, open it, say so.

299 files find 1 % of damage in 95 of 100 tries (0.99²⁹⁹ < 0.05), 60 files find 5 %.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom
from uuid import uuid4

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.proof import Proof
from vigie.routines.backups.making import trouble
from vigie.routines.backups.manifest import Manifest, Row, digest, seen
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import PlaceState, Room
from vigie.routines.restore_proofs.apart import Opening
from vigie.tools.databases import dump_defect
from vigie.tools.journal import Journal, record_proof
from vigie.tools.restic.failures import ResticFailed

TRIAL = "restore_proven"
WEEKLY, MONTHLY = 60, 299  # files: 5 % and 1 % of damage found in 95 of 100 tries
VALID = timedelta(days=9)  # a proof a week, and a long weekend; then it is blind again
CHANGED_SHARE = 0.05  # rewritten while the backup ran; with more of them too little was compared
UNOPENED_SHARE = 0.05  # documents under a password and old odd ones: more is not the practice's

Opener = Callable[[Sequence[Path]], Mapping[Path, Opening]]


class NothingToProve(Exception):
    """There is no backup of this machine at that place yet, or its manifest is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The proof as it stands in the journal, and what there is to say about it."""

    proof: Proof
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """Proves the restores of one machine.

    `opener` opens untrusted files somewhere apart; `tell` hears how many bytes are restored.
    """

    room: Room
    journal: Journal
    machine: str
    opener: Opener
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    chance: Random = field(default_factory=SystemRandom)
    tell: Callable[[int], None] | None = None

    def run(self, place: Place, *, files: int = WEEKLY, all_databases: bool = False) -> Proven:
        """Prove the last backup of one place; return the proof once it is in the journal.

        One whole database is always in the sample, or all of them. A restore that fails is a
        proof that did not hold. Raise NothingToProve, or RoomHeld if a backup is under way.
        """
        with self.room.held():
            state = self.room.place(place)
            if not state.snapshot or not self.room.manifest(state.manifest).exists():
                raise NothingToProve(place.name)
            with closing(Manifest(self.room.manifest(state.manifest))) as manifest:
                sample = self._draw(manifest, files, all_databases=all_databases)
                total, _ = manifest.count()
            if not sample:
                raise NothingToProve(place.name)
            begun = self.clock()
            findings, counts = self._try(place, state, sample)
        seconds = round((self.clock() - begun).total_seconds())
        counts |= {"of": total, "seconds": seconds}
        return self._record(begun, counts, findings)

    def _draw(self, manifest: Manifest, files: int, *, all_databases: bool) -> Sequence[Row]:
        known = manifest.known()
        bases = [path for path in known if self._is_database(path)]
        plain = [path for path in known if not self._is_database(path)]
        drawn = self.chance.sample(plain, min(files, len(plain)))
        drawn += bases if all_databases else self.chance.sample(bases, min(1, len(bases)))
        return [row for path in drawn if (row := manifest.row(path))]

    def _is_database(self, path: Path) -> bool:
        return path.is_relative_to(self.room.databases)

    def _try(
        self, place: Place, state: PlaceState, sample: Sequence[Row]
    ) -> tuple[list[Finding], dict[str, int]]:
        """Restore the sample to a scratch place, look at it, and remove it whatever happens."""
        for left in self.room.folder.glob("scratch-*"):  # a proof that was killed
            shutil.rmtree(left)
        scratch = self.room.folder / f"scratch-{uuid4().hex}"
        scratch.mkdir(mode=0o700)
        findings: list[Finding] = []
        try:
            only = [str(row.path) for row in sample]
            self.room.restic(place).restore(state.snapshot, scratch, only=only, tell=self.tell)
        except ResticFailed as failure:  # what did come back is compared all the same
            findings.append(trouble(place, failure))
        try:
            counts = self._compare(scratch, sample)
        finally:
            shutil.rmtree(scratch)
        return findings, counts

    def _compare(self, scratch: Path, sample: Sequence[Row]) -> dict[str, int]:
        compared: Counter[str] = Counter()
        sound: list[tuple[Row, Path]] = []
        for row in sample:
            path = scratch / row.path.relative_to(row.path.anchor)
            found = compare(path, row)
            compared[found] += 1
            if found == "same":
                sound.append((row, path))
        opened = self._open(sound)
        bases = sum(self._is_database(row.path) for row in sample)
        return {
            "files": len(sample),
            "same": compared["same"],
            "damaged": compared["damaged"],
            "missing": compared["missing"],
            "changed": compared["changed"],
            "opened": opened[Opening.OPENED],
            "unopened": opened[Opening.UNOPENED],
            "databases": bases,
        }

    def _open(self, sound: Sequence[tuple[Row, Path]]) -> "Counter[Opening]":
        """Return what became of the files, once each has been opened.

        PostgreSQL's dumps are read by `pg_restore`, a program: what cannot start a process cannot
        read them. They are no untrusted files: our own `pg_dump` wrote them, into a folder that
        is only ours, and each has just been compared with what was recorded then.
        """
        dumps = [path for row, path in sound if row.path.is_relative_to(self.room.dumps)]
        documents = [path for row, path in sound if not row.path.is_relative_to(self.room.dumps)]
        opened = Counter(self.opener(documents).values())
        opened.update(Opening.UNOPENED if dump_defect(path) else Opening.OPENED for path in dumps)
        return opened

    def _record(self, at: datetime, counts: Mapping[str, int], findings: list[Finding]) -> Proven:
        held = not findings and holds(counts)
        if not held:
            numbers = {key: counts[key] for key in ("files", "same")}
            findings = [
                Finding(gravity=Gravity.ALARM, fact="restore_not_proven", numbers=numbers),
                *findings,
            ]
        elif counts["unopened"]:
            numbers = {"files": counts["unopened"]}
            findings = [
                Finding(gravity=Gravity.NOTE, fact="restore_some_unopened", numbers=numbers)
            ]
        proof = Proof(
            id=uuid4().hex,
            danger=Danger.RANSOMWARE,
            trial=TRIAL,
            held=held,
            machine=self.machine,
            at=at,
            expires=at + VALID,
            numbers=dict(counts),
        )
        record_proof(self.journal, proof)
        return Proven(proof=proof, findings=tuple(findings))


def compare(path: Path, row: Row) -> str:
    """Given a restored file and its row, return `same`, `damaged`, `missing` or `changed`.

    `changed`: it was rewritten between its hash and its upload, which its time or size shows.
    """
    try:
        found = seen(path, path.lstat())
    except OSError:
        return "missing"
    if (found.size, found.mtime) != (row.size, row.mtime):
        return "changed" if found.mtime != row.mtime else "damaged"
    with path.open("rb") as file:
        return "same" if digest(file.read) == row.sha256 else "damaged"


def holds(counts: Mapping[str, int]) -> bool:
    """Return whether the counts of one trial prove the restore."""
    files, unopened = counts["files"], counts["unopened"]
    tried = counts["opened"] + unopened
    return (
        counts["same"] > 0
        and counts["damaged"] == counts["missing"] == 0
        and counts["changed"] <= CHANGED_SHARE * files
        and unopened <= UNOPENED_SHARE * tried
    )
