"""What every `vigie update` command needs: agent.toml, and sentences about runs and offers."""

import functools
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from vigie.agent.settings import BadSettings, Settings, read
from vigie.cli._answers import FOUND, NOTHING, Answers
from vigie.domain.danger import Danger
from vigie.domain.evidence.updates import Ending, UpdateEnded
from vigie.domain.finding import Finding
from vigie.guards.failed_update.guard import judge
from vigie.routines.updates.offers import Offer
from vigie.routines.updates.register import Busy, Run, State
from vigie.routines.updates.telling import ended
from vigie.tools.home import home
from vigie.tools.packages import PackagesFailed
from vigie.tools.records import RecordsFailed
from vigie.tools.restic.failures import ResticFailed

HERE = "local"
SYSTEM_SETTINGS = Path("/etc/vigie/agent.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One call of `vigie update`."""

    settings: Settings
    home: Path
    answers: Answers

    def say(self, sentence: str, **more: object) -> int:
        """Say a sentence that is no finding."""
        return self.answers.answer("update", (), sentence=sentence, more=more)

    def give(self, finding: Finding, *, more: Mapping[str, object], seconds: float = 0.0) -> int:
        """Say a finding."""
        return self.answers.give(
            str(more.get("application", "update")),
            [finding],
            danger=Danger.FAILED_UPDATE,
            seconds=seconds,
            more=more,
        )

    def refused(self, offer: Offer) -> Finding:
        """Return what there is to say about an offer that is not taken."""
        return _said(
            UpdateEnded(
                at=datetime.now(UTC),
                machine=HERE,
                unit=offer.unit,
                ending=Ending.REFUSED,
                reason=offer.refused,
                packages=len(offer.changes),
            )
        )

    def tell(self, run: Run, *, asked: bool = False, quiet: bool = False) -> int:
        """Say how a run ended; `asked`: somebody wanted it back, so that going back is no news.

        `quiet`: it is only listed, and a run that ended well is nothing found.
        """
        more: dict[str, object] = {
            "application": run.unit,
            "run": run.id,
            "state": run.state.value,
            "changes": [
                {"package": c.package, "before": c.before, "after": c.after} for c in run.changes
            ],
            "reason": run.reason,
            "detail": run.said,
            "snapshots": len(run.taken),
            "records": run.records,
            "lost": run.lost,
            "changed": run.changed,
            "carried": run.carried,
            "reenter": run.reenter,
            "sheet": run.sheet,
            "held": run.held,
        }
        finding = _said(ended(run, at=datetime.now(UTC), machine=HERE))
        status = self.give(finding, more=more, seconds=run.seconds)
        if not self.answers.as_json:
            if run.sheet:
                click.echo(f"À ressaisir\u00a0: la feuille est dans {run.sheet}.")
            elif run.said and run.state is not State.KEPT and not quiet:
                click.echo(run.said, err=True)
        if asked and run.state is State.ROLLED_BACK:
            return FOUND if run.reenter else NOTHING
        return status


def _said(event: UpdateEnded) -> Finding:
    (finding,) = judge([event])
    return finding


def _in_force() -> Path:
    own = home() / "agent.toml"
    return own if own.exists() else SYSTEM_SETTINGS


Command = Callable[..., int | None]


def at_desk(command: Command) -> Callable[..., None]:
    """Give a command its desk, and end with its status. Known troubles become one sentence."""

    @click.option("--settings", "file", type=click.Path(path_type=Path), help="Another agent.toml.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
    @functools.wraps(command)
    def run(file: Path | None, *, as_json: bool, **rest: Any) -> None:  # noqa: ANN401  (the command's own)
        try:
            settings = read(file or _in_force())
            answers = Answers(as_json=as_json, language=settings.practice.language)
            desk = Desk(settings=settings, home=home(), answers=answers)
            status = command(desk, **rest)
        except BadSettings as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except Busy as busy:
            raise click.ClickException(
                "Une mise à jour est déjà en cours sur ce poste. Relancez plus tard."
            ) from busy
        except PackagesFailed as failure:
            raise click.ClickException(
                f"Le gestionnaire de paquets ne répond pas comme prévu\u00a0: {failure.said}"
            ) from failure
        except (OSError, sqlite3.Error, ResticFailed, RecordsFailed) as trouble:
            raise click.ClickException(
                f"Le travail n’a pas pu finir ({trouble}). Vérifiez la place et les droits."
            ) from trouble
        raise click.exceptions.Exit(status or 0)

    return run
