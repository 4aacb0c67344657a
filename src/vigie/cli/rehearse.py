"""`vigie rehearse`: the incidents, played for real and safely."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from vigie.agent.enrolment import Enrolment
from vigie.domain.danger import Danger
from vigie.domain.practice import Language
from vigie.phrasebook import incident, say_trial
from vigie.routines.rehearsals.duty import play
from vigie.routines.rehearsals.rehearsal import NOT_TRIED, SAMPLE, Rehearsal, Trial
from vigie.tools.home import home
from vigie.wire.envelope import ENROLLING

STATES = {
    Language.FR: ("prouvé", "non prouvé", "on joue…", "à jouer"),
    Language.DE: ("bewiesen", "nicht bewiesen", "läuft…", "wartet"),
    Language.EN: ("proven", "not proven", "playing…", "waiting"),
}


@click.command()
@click.argument("dangers", nargs=-1, type=click.Choice([danger.value for danger in Danger]))
@click.option("--files", default=SAMPLE, show_default=True, help="Documents in each sample.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each danger.")
def command(dangers: tuple[str, ...], files: int, *, as_json: bool) -> None:
    """Play the incidents on this machine; exit 0 only if all of them held.

    Example: vigie rehearse ransomware --json
    """
    chosen = [Danger(name) for name in dangers] or list(Danger)
    held = run(chosen, files=files, as_json=as_json)
    sys.exit(0 if held else 1)


def run(dangers: Sequence[Danger], *, files: int = SAMPLE, as_json: bool = False) -> bool:
    """Play these dangers, show and prove how it went; return whether every one held."""
    membership = Enrolment(home() / "agent").membership()
    machine = membership.machine if membership else ENROLLING
    played = play(dangers, home(), machine, files=files)
    ended = list(_as_lines(played) if as_json else _as_table(dangers, played))
    return all(rehearsal.held for rehearsal in ended)


def _sentence(rehearsal: Rehearsal, language: Language) -> str:
    """Return what to say: the first trial that did not hold, or the last one that did."""
    trial = next((t for t in rehearsal.trials if not t.held), rehearsal.trials[-1])
    return say_trial(
        rehearsal.danger,
        trial.name,
        held=trial.held,
        language=language,
        numbers=trial.numbers,
        reason=trial.reason,
    )


def _as_lines(played: Iterator[Rehearsal]) -> Iterator[Rehearsal]:
    for rehearsal in played:
        click.echo(json.dumps(_record(rehearsal), ensure_ascii=False))
        yield rehearsal


def _record(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "danger": rehearsal.danger.value,
        "held": rehearsal.held,
        "sentence": _sentence(rehearsal, spoken()),
        "trials": [_trial(trial) for trial in rehearsal.trials],
        "seconds": round(rehearsal.seconds, 3),
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.name,
        "held": trial.held,
        "numbers": dict(trial.numbers),
        "reason": trial.reason,
    }


def _as_table(dangers: Sequence[Danger], played: Iterator[Rehearsal]) -> Iterator[Rehearsal]:
    """Fill a table of the incidents as they are played, readable without colour."""
    console, language = Console(), spoken()
    ended: dict[Danger, Rehearsal] = {}
    with Live(_table(dangers, ended, language), console=console, refresh_per_second=4) as live:
        for rehearsal in played:
            ended[rehearsal.danger] = rehearsal
            live.update(_table(dangers, ended, language), refresh=True)
            yield rehearsal


def _table(dangers: Sequence[Danger], ended: dict[Danger, Rehearsal], language: Language) -> Table:
    proven, not_proven, playing, waiting = STATES[language]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    table.add_column(overflow="fold", ratio=3)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=5)
    table.add_column(justify="right", no_wrap=True)
    for danger in dangers:
        title = incident(danger, language)
        if rehearsal := ended.get(danger):
            state = f"[green]{proven}[/]" if rehearsal.held else f"[yellow]{not_proven}[/]"
            table.add_row(
                title, state, _sentence(rehearsal, language), _seconds(rehearsal, language)
            )
        else:
            first = next((d for d in dangers if d not in ended), None)
            table.add_row(title, f"[dim]{playing if danger is first else waiting}[/]", "", "")
    return table


def _seconds(rehearsal: Rehearsal, language: Language) -> str:
    if rehearsal.trials[-1].name in NOT_TRIED:
        return ""
    text = f"{rehearsal.seconds:.1f} s"
    return text if language is Language.EN else text.replace(".", ",")


def spoken() -> Language:
    """Return the language of the person at the terminal, French if it is none of ours."""
    wanted = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "")[:2]
    return Language(wanted) if wanted in set(Language) else Language.FR
