"""The power cut, played for real: documents damaged as a cut does, found, and brought back.

A generated sample is recorded and backed up by restic; a part is damaged, half of that also loses
the copies kept beside it; some documents are changed, renamed and deleted as people do. Then the
verification and the repair of the practice run over it.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.backups import BackupMade
from vigie.domain.response import Deed
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.responders.shut_down import ShutDown
from vigie.routines.backups.making import Maker
from vigie.routines.backups.plan import BackupPlan, Place
from vigie.routines.backups.room import Room as BackupRoom
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.keeping import Keeper, Recorded
from vigie.routines.integrity.looking import documents as each_document
from vigie.routines.integrity.repairing import Ending
from vigie.routines.integrity.workshop import repairer, verifier
from vigie.routines.rehearsals.damages import HARMS, damaged
from vigie.routines.rehearsals.mail_parts import MACHINE
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.routines.rehearsals.sample import BASE, make_practice
from vigie.sensors import Sink
from vigie.sensors.power.ups import EVERY, Ups
from vigie.tools import dummy_ups
from vigie.tools.restic import write_private
from vigie.tools.restic.failures import ResticFailed
from vigie.tools.undo import UndoBook
from vigie.watch.patrol import Patrol

if TYPE_CHECKING:
    from vigie.tools.power import MachinePower

SHARE = 10  # one document in so many is damaged
LEGAL = 4  # documents changed by people, and as many renamed
TOLD_WITHIN, LOOKS = 5_000, 10  # milliseconds; looks at a UPS, two seconds apart
SECRET = "rehearsal"  # noqa: S105  (the key of a repository that lives for a minute)


def play(stage: Stage) -> Iterator[Trial]:
    """Play a cut on a simulated UPS where NUT is; damage a sample, verify and repair it."""
    if dummy_ups.installed():
        yield _power_cut(stage.scratch / "nut")
    chance = Random(datetime.now(UTC).toordinal())  # noqa: S311  (which documents suffer is no secret)
    folder, home = stage.scratch / "cabinet", stage.scratch / "home"
    make_practice(folder, files=stage.files)
    home.mkdir(mode=0o700)
    plan = _backed_up(stage.scratch, folder, home)
    with verifier(home) as work:
        list(Keeper(verifier=work).run(folder, Recorded()))
    documents = sorted(p for p in each_document([folder]) if not p.name.startswith("."))
    chance.shuffle(documents)
    victims = documents[: max(len(HARMS), len(documents) // SHARE)]
    whole = {path: path.read_bytes() for path in victims}
    for number, path in enumerate(victims):
        harm = list(HARMS)[number % len(HARMS)]
        path.write_bytes(damaged(whole[path], harm, chance))
    changed = _changed_by_people(folder, documents[len(victims) :])
    yield _repaired(home, folder, plan, whole, changed, of=len(documents))


class _NoEnd:
    """The machine's power, in a play: what would end it is written down."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def stop_databases(self) -> tuple[str, ...]:
        self.asked.append("stop_databases")
        return ()

    def shut_down(self, *, polite: bool) -> None:
        self.asked.append("shut_down" if not polite else "shut_down_politely")


def _power_cut(place: Path) -> Trial:
    """Play a power cut on a simulated UPS: told within seconds, and everything stopped in time."""
    end, verdicts = _NoEnd(), []
    patrol = Patrol({Danger.POWER_LOSS: guards()[Danger.POWER_LOSS]}, decide)
    responder = ShutDown(cast("MachinePower", end))

    def sink(evidence: Evidence) -> None:
        for verdict in patrol.step(evidence):
            verdicts.append(verdict)
            for response in verdict.responses:
                if response.deed is Deed.SHUT_DOWN:
                    responder.carry_out(response, report="", at=verdict.at, undo=undo)

    with (
        dummy_ups.running(place) as simulated,
        closing(UndoBook(place / "undo.db")) as undo,
    ):
        sensor = Ups(simulated.nut.read, machine=MACHINE, expected=True)
        sensor.look(sink)
        quiet = not verdicts
        began = time.monotonic()
        simulated.say("OB DISCHRG", runtime=480, charge=97)
        told = _looked(sensor, sink, lambda: bool(verdicts))
        took = round((time.monotonic() - began) * 1000)
        early = bool(end.asked)
        simulated.say("OB DISCHRG LB", runtime=90, charge=12)
        stopped = _looked(sensor, sink, lambda: "shut_down" in end.asked)
    return Trial(
        name="battery_told",
        held=quiet and told and not early and stopped and took <= TOLD_WITHIN,
        numbers={"milliseconds": took, "stops": len(end.asked)},
    )


def _looked(sensor: Ups, sink: Sink, what: Callable[[], bool]) -> bool:
    """Look as the sensor does, until something is so; return whether it became so."""
    for _ in range(LOOKS):
        sensor.look(sink)
        if what():
            return True
        time.sleep(EVERY.total_seconds())
    return False


def _backed_up(scratch: Path, folder: Path, home: Path) -> BackupPlan:
    """Make a real backup of the sample. Raise CannotPlay without restic."""
    key = scratch / "key"
    write_private(key, SECRET)
    place = Place(name="rehearsal", location=str(scratch / "depot"), password_file=key)
    plan, room = BackupPlan(places=(place,), folders=(folder,)), BackupRoom(home / "backups")
    try:
        room.restic(place).init()
        run = Maker(plan=plan, room=room, machine=MACHINE).run()
    except ResticFailed as failure:
        raise CannotPlay("missing_program") from failure
    if not all(isinstance(made.event, BackupMade) for made in run.made):
        raise CannotPlay("died")
    return plan


def _changed_by_people(folder: Path, documents: list[Path]) -> dict[Path, bytes]:
    """Change, rename and delete documents as people do; return those that must stay as they are."""
    texts = [path for path in documents if path.suffix in {".txt", ".csv", ".hpr"}][:LEGAL]
    for path in texts:
        path.write_bytes(path.read_bytes() + b"vu ce matin\r\n")
    base = folder / BASE
    if base in documents:
        with closing(sqlite3.connect(base)) as opened, opened:
            opened.execute("CREATE TABLE visites (jour TEXT)")
            opened.execute("INSERT INTO visites VALUES ('2026-11-25')")
        texts.append(base)
    others = [path for path in documents if path not in texts][:LEGAL]
    renamed = [path.rename(path.with_name(f"ancien {path.name}")) for path in others]
    return {path: path.read_bytes() for path in (*texts, *renamed)}


def _repaired(  # noqa: PLR0913  (the whole scene)
    home: Path,
    folder: Path,
    plan: BackupPlan,
    whole: dict[Path, bytes],
    changed: dict[Path, bytes],
    *,
    of: int,
) -> Trial:
    began = time.monotonic()
    with verifier(home) as work:
        seen = [each for each in work.run([folder]) if not each.well]
        for each in seen[::2]:  # these come back from the backup alone
            # which holds a database's records, not its very bytes
            known = each.known if each.known and not each.known.database else None
            if known and (kept := work.room.kept(known.object)):
                kept.unlink()
        # What may be a person's correction waits for a yes: the play gives it, as `--doubtful`.
        ended = list(repairer(work, home, plan, doubtful=True).run(seen))
    named = {each.path for each in seen if each.state in (State.DAMAGED, State.DOUBTFUL)}
    back = sum(path.read_bytes() == content for path, content in whole.items())
    untouched = all(path.read_bytes() == content for path, content in changed.items())
    restored = sum(each.ending is Ending.RESTORED for each in ended)
    false_alarms = len({each.path for each in seen} - set(whole))
    return Trial(
        name="documents_repaired",
        held=named == set(whole) and back == len(whole) and untouched and not false_alarms,
        numbers={
            "files": of,
            "damaged": len(whole),
            "found": len(named & set(whole)),
            "restored": min(restored, back),
            "false_alarms": false_alarms,
            "milliseconds": round((time.monotonic() - began) * 1000),
        },
    )
