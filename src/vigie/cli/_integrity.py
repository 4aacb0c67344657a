"""What the commands of `vigie integrity` do: look, answer, write the proof."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vigie.cli._answers import FAILED, FOUND, Answers, bar
from vigie.cli._backup_desk import _settings as read_settings
from vigie.cli._backup_desk import journal_file
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import Language
from vigie.routines.backups.plan import BackupPlan, PlanWrong
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.keeping import Keeper, Recorded
from vigie.routines.integrity.proving import Tally
from vigie.routines.integrity.repairing import Ending, Repaired
from vigie.routines.integrity.room import RoomHeld
from vigie.routines.integrity.shapes import Shape
from vigie.routines.integrity.verifying import Seen, Verifier
from vigie.routines.integrity.workshop import repairer, verifier
from vigie.tools.home import home
from vigie.tools.journal import Journal, record_proof
from vigie.wire.envelope import ENROLLING

if TYPE_CHECKING:
    from vigie.agent.settings import Settings

_FACTS = {
    State.DAMAGED: ("document_damaged", Gravity.ALARM),
    State.MISSING: ("document_missing", Gravity.CONCERN),
    State.DOUBTFUL: ("document_doubtful", Gravity.CONCERN),
    State.UNREADABLE: ("document_unread", Gravity.CONCERN),
}


class Bench:
    """One call of `vigie integrity`: who is answered and how, and Vigie's home."""

    def __init__(self, settings: Path | None, language: str | None, *, as_json: bool) -> None:
        self._settings: Settings | None = read_settings(settings)
        spoken = self._settings.practice.language if self._settings else Language.FR
        self._answers = Answers(
            as_json=as_json, language=Language(language) if language else spoken
        )
        self._home = home()

    def baseline(self, paths: Sequence[Path], *, copies: bool, accept: bool, forget: bool) -> int:
        """Record the documents below these paths; return the exit status."""
        gravest = 0
        with self._at_work("Relevé des documents") as work:
            for given in paths:
                place = _named(given)
                if not place.exists():
                    gravest = max(gravest, self._absent(given))
                    continue
                begun, counts = time.monotonic(), Recorded()
                keeper = Keeper(verifier=work, copies=copies, accept=accept, forget=forget)
                troubles = list(keeper.run(place, counts))
                for seen in troubles:
                    gravest = max(gravest, self._say(seen))
                gravest = max(gravest, self._recorded(given, counts, troubles, begun))
            work.room.tidy()
        return gravest

    def verify(self, paths: Sequence[Path]) -> int:
        """Verify the documents below these paths; return the exit status."""
        return self._look(paths, None)

    def repair(self, paths: Sequence[Path], *, missing: bool, doubtful: bool) -> int:
        """Verify, and put back what is damaged; return the exit status."""
        plan = self._plan()

        def mend(work: Verifier, found: Sequence[Seen]) -> Iterator[Repaired]:
            mender = repairer(
                work, self._home, plan, missing=missing, doubtful=doubtful, letters=True
            )
            return mender.run(found)

        return self._look(paths, mend)

    def _look(
        self,
        paths: Sequence[Path],
        mend: Callable[[Verifier, Sequence[Seen]], Iterator[Repaired]] | None,
    ) -> int:
        gravest = 0
        with self._at_work("Vérification des documents") as work:
            for given in paths:
                place = _named(given)
                if not work.room.register.below(place):
                    gravest = max(gravest, self._unrecorded(given))
                    continue
                begun, tally = time.monotonic(), Tally()
                seen = [tally.count(each) for each in work.run([place])]
                ended = tally.mend(mend(work, tally.trouble)) if mend else []
                treated = {id(each.seen) for each in ended}
                for each in ended:
                    gravest = max(gravest, self._say_repaired(work, each))
                for each_seen in tally.trouble:
                    if id(each_seen) not in treated:
                        gravest = max(gravest, self._say(each_seen))
                gravest = max(gravest, self._verified(given, seen, ended, tally, begun))
        return gravest

    @contextmanager
    def _at_work(self, title: str) -> Iterator[Verifier]:
        """Open the workshop; known troubles become one sentence."""
        try:
            with bar(title) as shown, verifier(self._home, tell=shown) as work:
                yield work
        except RoomHeld as busy:
            raise click.ClickException(
                "Une vérification est déjà en cours sur ce poste. Relancez plus tard."
            ) from busy
        except PlanWrong as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except (OSError, sqlite3.Error) as trouble:
            raise click.ClickException(
                f"Le travail n’a pas pu finir ({trouble}). Vérifiez la place et les droits."
            ) from trouble

    def _plan(self) -> BackupPlan | None:
        if self._settings is None or not self._settings.backup:
            return None
        return BackupPlan.from_table(self._settings.backup)

    def _absent(self, given: Path) -> int:
        click.echo(f"{given} n’existe pas\u202f; vérifiez le chemin.", err=True)
        return FAILED

    def _unrecorded(self, given: Path) -> int:
        click.echo(
            f"Rien n’est encore relevé pour {given}\u202f;"
            f" faites d’abord «\u00a0vigie integrity baseline {given}\u00a0».",
            err=True,
        )
        return FAILED

    def _say(self, seen: Seen) -> int:
        fact, gravity = _FACTS[seen.state]
        clues = _clues(_text(seen.path), _reason(seen.defect))
        finding = Finding(gravity=gravity, fact=fact, clues=clues)
        more = {"state": seen.state.value, "defect": seen.defect}
        status = self._answers.give(
            _text(seen.path), [finding], danger=Danger.POWER_LOSS, more=more
        )
        return FAILED if seen.state is State.UNREADABLE else status

    def _say_repaired(self, work: Verifier, each: Repaired) -> int:
        document = _text(each.seen.path)
        clues = _clues(document, "died" if each.ending is Ending.FAILED else each.ending.value)
        restored = each.ending is Ending.RESTORED
        back = "document_restored"
        if each.seen.state is State.MISSING:
            back = "document_brought_back"
        if each.version:
            when = datetime.fromtimestamp(each.version.mtime / 1e9).astimezone()
            clues |= {"version": f"{when:%Y-%m-%d %H:%M}"}
        finding = Finding(
            gravity=Gravity.NOTE if restored else Gravity.ALARM,
            fact=back if restored else "document_not_restored",
            clues=clues,
        )
        kept = work.room.kept(each.aside)
        more = {
            "state": each.seen.state.value,
            "defect": each.seen.defect,
            "ending": each.ending.value,
            "origin": each.version.origin if each.version else "",
            "same_as_recorded": each.exact,
            "damaged_copy": str(kept) if kept else "",
        }
        return self._answers.give(document, [finding], danger=Danger.POWER_LOSS, more=more)

    def _recorded(
        self, given: Path, counts: Recorded, troubles: Sequence[Seen], begun: float
    ) -> int:
        sentence = f"{counts.files} documents relevés, {counts.kept} gardés en copie."
        if troubles:
            sentence += (
                f" {len(troubles)} ne se lisent pas bien\u202f; ils gardent leur état d’avant."
            )
        more = {
            "files": counts.files,
            "kept": counts.kept,
            "without_copy": counts.without_copy,
            "refused": counts.refused,
            "forgotten": counts.gone,
        }
        seconds = time.monotonic() - begun
        return self._answers.give(
            _text(given), (), sentence=sentence, seconds=seconds, more=more
        ) or (FOUND if troubles else 0)

    def _verified(
        self,
        given: Path,
        seen: Sequence[Seen],
        ended: Sequence[Repaired],
        tally: Tally,
        begun: float,
    ) -> int:
        seconds = time.monotonic() - begun
        proof = tally.proof(at=datetime.now(UTC), machine=ENROLLING, seconds=seconds)
        with closing(Journal(journal_file())) as journal:
            record_proof(journal, proof)
        back = {each.seen.path for each in ended if each.ending is Ending.RESTORED}
        more: dict[str, object] = {"files": tally.files, "restored": sorted(map(_text, back))}
        for state in State:
            if state is State.INTACT:
                more[state.value] = tally.states[state]
            else:
                more[state.value] = [_text(each.path) for each in seen if each.state is state]
        sentence = (
            f"{tally.files} documents comparés en {seconds:.0f} s\u00a0:"
            f" intacts {tally.states[State.INTACT]}, modifiés {tally.states[State.CHANGED]},"
            f" à signaler {len(tally.trouble)}, remis en état {len(back)}."
        )
        findings = self._summary(tally, back)
        return self._answers.give(
            _text(given),
            findings,
            danger=Danger.POWER_LOSS,
            sentence=sentence,
            seconds=seconds,
            more=more,
        )

    def _summary(self, tally: Tally, back: set[Path]) -> list[Finding]:
        """Return the counts as findings, for whoever reads one line for each input."""
        if not self._answers.as_json:
            return []
        left = [seen for seen in tally.trouble if seen.path not in back]
        return [
            Finding(
                gravity=gravity,
                fact=fact.replace("document_", "documents_").replace("_damaged", "_not_restored"),
                numbers={"files": count},
            )
            for state, (fact, gravity) in _FACTS.items()
            if (count := sum(seen.state is state for seen in left))
        ]


_WORDED = frozenset(Shape) | {"unsaved", "digit", "letter", "lost"}


def _reason(defect: str) -> str:
    """Return the slug under which the phrasebook names a defect: readers have many of their own."""
    if defect == "disk":
        return "unread"
    return defect if defect in _WORDED else "unopened"


def _clues(document: str, reason: str) -> dict[str, str]:
    return {"subject": document, "document": document, "reason": reason}


def _named(given: Path) -> Path:
    """Return the path as it is recorded: complete, and never through a link at its end."""
    return given.resolve() if given.is_symlink() else Path(os.path.abspath(given))  # noqa: PTH100  (links in the middle stay)


def _text(path: Path) -> str:
    """Return a path as text that can be printed, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
