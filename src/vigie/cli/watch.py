"""`vigie watch`: guard folders against ransomware in the foreground."""

import json
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from vigie.agent.foreground import Ended, ForegroundWatch, Wanted, let_go
from vigie.domain.finding import Finding
from vigie.domain.practice import Language, Reader
from vigie.domain.verdict import Report, Verdict
from vigie.phrasebook import Unspeakable, say
from vigie.tools.home import home

LANGUAGE = Language.FR
MOST_SHOWN = 8  # sentences in the live view: older ones are on the console


def _sentence(verdict: Verdict, finding: Finding) -> str:
    clues = {**finding.clues, "time": f"{verdict.at.astimezone():%H h %M}"}
    try:
        return say(
            verdict.danger,
            finding.fact,
            reader=Reader.CARETAKER,
            language=LANGUAGE,
            numbers=finding.numbers,
            clues=clues,
        ).text
    except Unspeakable:
        return finding.fact


def _event(verdict: Verdict, report: Report) -> dict[str, Any]:
    """Return one verdict as the JSON object that is printed for it."""
    blind = all(f.fact in ("sensor_blind", "sensor_sees_again") for f in verdict.findings)
    return {
        "event": "blind" if blind else "verdict",
        "danger": verdict.danger.value,
        "at": verdict.at.isoformat(),
        "report": report.id,
        "findings": [
            {
                "fact": finding.fact,
                "gravity": finding.gravity.value,
                "numbers": dict(finding.numbers),
                "clues": dict(finding.clues),
                "sentence": _sentence(verdict, finding),
            }
            for finding in verdict.findings
        ],
        "responses": [{"deed": r.deed.value, "target": r.target} for r in verdict.responses],
        "outcomes": [
            {
                "deed": o.deed.value,
                "result": o.result.value,
                "at": o.at.isoformat(),
                "numbers": dict(o.numbers),
                "reason": o.reason,
            }
            for o in report.outcomes
        ],
    }


class _Lines:
    """One JSON object a line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def ready(self, files: int) -> None:
        """Say that every document is protected."""
        self._print({"event": "ready", "files": files})

    def said(self, verdict: Verdict, report: Report) -> None:
        """Say what was found and done."""
        self._print(_event(verdict, report))

    def _print(self, event: dict[str, Any]) -> None:
        with self._lock:
            click.echo(json.dumps(event, ensure_ascii=False))
            sys.stdout.flush()


@dataclass
class _View:
    """The calm view: what is watched, since when, and what was said."""

    folders: tuple[Path, ...]
    console: Console
    live: Live | None = None
    files: int | None = None
    sentences: list[str] = field(default_factory=list)

    def ready(self, files: int) -> None:
        """Show that every document is protected."""
        self.files = files
        self._show(f"{files} documents protégés.")

    def said(self, verdict: Verdict, report: Report) -> None:
        """Show what was found and done."""
        del report
        moment = f"{verdict.at.astimezone():%H:%M:%S}"
        for finding in verdict.findings:
            sentence = f"{moment}  {_sentence(verdict, finding)}"
            self.sentences.append(sentence)
            self._show(sentence)

    def _show(self, line: str) -> None:
        if self.live is None:
            self.console.print(line, highlight=False)
        else:
            self.live.update(self.panel())

    def panel(self) -> Panel:
        """Return the whole view."""
        if self.files is None:
            head = Text("Mise à l’abri des documents…", style="dim")
        else:
            head = Text(f"{self.files} documents protégés", style="green")
        lines = [Text(sentence) for sentence in self.sentences[-MOST_SHOWN:]]
        body = Text("\n").join([head, *(lines or [Text("Rien à signaler.", style="dim")])])
        where = ", ".join(str(folder) for folder in self.folders)
        return Panel(body, title="Vigie", subtitle=f"{where} · Ctrl-C pour finir")


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--vault", type=click.Path(path_type=Path), help="Where last versions are kept.")
@click.option("--isolate/--no-isolate", help="Cut the network off at an alarm (default: no).")
@click.option("--report-only", is_flag=True, help="Say what is seen, stop nobody.")
@click.option(
    "--when-asked",
    type=click.Choice(["restore", "keep"]),
    default="keep",
    show_default=True,
    help="What a question about deleted documents is answered with.",
)
@click.option("--without-pids", is_flag=True, help="Watch as where the system names no process.")
@click.option("--let-go", "letting_go", is_flag=True, help="Let go what an ended watch stopped.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(  # noqa: PLR0913  (what the command line can say)
    folders: tuple[Path, ...],
    vault: Path | None,
    *,
    isolate: bool,
    report_only: bool,
    when_asked: str,
    without_pids: bool,
    letting_go: bool,
    as_json: bool,
) -> None:
    """Guard folders against ransomware until Ctrl-C.

    Example: vigie watch /srv/documents
    """
    _check_rights()
    state = home()
    if letting_go:
        _say_let_go(let_go(state / "watch"))
        return
    _check(folders)
    view = _View(folders, Console())
    front = _Lines() if as_json else view
    over = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: over.set())
    watch = ForegroundWatch(
        folders,
        state / "watch",
        vault=vault or state / "vault",
        wanted=Wanted(
            isolate=isolate,
            report_only=report_only,
            restore_when_asked=when_asked == "restore",
            without_pids=without_pids,
        ),
        ready=front.ready,
        said=front.said,
    )
    if watch.held:
        click.echo("Ce qui était arrêté avant le redémarrage le reste.", err=True)
    watch.start()
    if as_json or not view.console.is_terminal:
        over.wait()
    else:
        with Live(view.panel(), console=view.console, auto_refresh=False) as view.live:
            over.wait()
        view.live = None
    _say_ended(watch.close())


def _say_ended(ended: Ended) -> None:
    if ended.taken_back:
        click.echo("Fin de la garde\u00a0: ce qui n’avait été que suspendu est libéré.", err=True)
    if ended.frozen:
        pids = ", ".join(map(str, ended.frozen))
        click.echo(
            f"Restent arrêtés après l’alerte les processus {pids}\u202f; "
            "«\u00a0vigie watch --let-go\u00a0» les laisse repartir.",
            err=True,
        )


def _say_let_go(count: int) -> None:
    if count:
        click.echo("Ce que la garde avait arrêté est libéré.")
    else:
        click.echo("La garde n’avait rien laissé d’arrêté.")


def _check(folders: tuple[Path, ...]) -> None:
    if not folders:
        raise click.ClickException("Nommez le dossier à garder.")
    for folder in folders:
        if not folder.is_dir():
            raise click.ClickException(
                f"Le dossier {folder} n’existe pas\u202f; vérifiez son chemin."
            )


def _check_rights() -> None:
    if not sys.platform.startswith("linux"):
        raise click.ClickException("La garde des documents demande Linux pour l’instant.")
    if os.geteuid() != 0:
        raise click.ClickException(
            "La garde des documents demande les droits d’administrateur\u202f; relancez avec sudo."
        )
