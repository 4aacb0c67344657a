"""A key through reader and guard at the command line; its clean copies where they are asked for."""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import FAILED, Answers
from vigie.domain.danger import Danger
from vigie.domain.evidence.usb import KeyRead
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.guards import guards
from vigie.guards.stray_usb_key.contents import refused
from vigie.policy.orders import decide
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.looking import KeyFiles
from vigie.routines.usb_keys.reading import CannotRead, Progress, Reader, Reading
from vigie.tools.volumes import Bounds
from vigie.watch.patrol import Patrol

_WATCH = {Danger.STRAY_USB_KEY: guards()[Danger.STRAY_USB_KEY]}
_LIGHTS = {Gravity.NOTE: "green", Gravity.CONCERN: "orange", Gravity.ALARM: "red"}
_FLOOR = 100_000_000  # bytes that stay free: a person waits for this one and sees what comes of it
_MISSING = (
    "Le programme « {said} » manque. Installez mtools, sleuthkit et bubblewrap, puis relancez."
)
_UNREAD = "{source} ne peut pas être lu ({said}). Donnez une clé, son image ou un dossier."


def check_usb(sources: Sequence[Path], *, to: Path | None, language: str, as_json: bool) -> int:
    """Answer for each key in `sources`; return the gravest exit status."""
    answers = Answers(as_json=as_json, language=Language(language))
    status = 0
    with KeyFiles() as files, _bar() as progress:
        for source in sources:
            begun = time.monotonic()
            try:
                status = max(status, _one(answers, source, to, files, progress, begun))
            except (CannotRead, OSError) as trouble:
                missing = isinstance(trouble, CannotRead) and trouble.reason == "missing_program"
                words = _MISSING if missing else _UNREAD
                click.echo(words.format(source=source, said=trouble), err=True)
                if as_json:
                    answers.answer(str(source), (), more={"decision": "warn", "files": []})
                status = FAILED
    return status


def _one(  # noqa: PLR0913, PLR0917  (what one answer needs)
    answers: Answers,
    source: Path,
    to: Path | None,
    files: KeyFiles,
    progress: Progress,
    begun: float,
) -> int:
    with ExitStack() as stack:
        shelf = Shelf(to) if to else None
        scratch = stack.enter_context(
            shelf.scratch(0) if shelf else _temporary()  # beside the copies: they are only renamed
        )
        bounds = Bounds(floor=_FLOOR)
        reader = Reader(
            look=files.look,
            scratch=scratch,
            bounds=bounds,
            progress=progress,
            safe_copy=files.safe_copy if shelf else lambda _file, _path: None,
        )
        reading = reader.read(source)
        place = None
        if shelf and not source.is_dir():
            place = shelf.put(reading, scratch, source.stem or "key", 0)
    read = KeyRead(
        at=datetime.now(UTC),
        machine="local",
        title=source.name or str(source),
        number=0,
        files=tuple(file for file, _ in reading.files),
        mishaps=reading.mishaps,
        encrypted=reading.encrypted,
    )
    verdicts = Patrol(_WATCH, decide).step(read)
    opinions = [(verdict.danger, finding) for verdict in verdicts for finding in verdict.findings]
    return answers.answer(
        str(source),
        opinions,
        responses=[response for verdict in verdicts for response in verdict.responses],
        sentence=_said(place, opinions),
        seconds=time.monotonic() - begun,
        more={"files": _rows(reading), "mishaps": sorted(reading.mishaps)},
    )


def _said(place: Path | None, opinions: Sequence[object]) -> str:
    if place:
        return f"Les copies sont dans {place}."
    return "" if opinions else "Il n’y a rien sur cette clé."


def _rows(reading: Reading) -> list[dict[str, object]]:
    return [
        {
            "name": file.name,
            "size": file.size,
            "form": file.form,
            "light": _LIGHTS[file.light],
            "facts": list(file.facts),
            "sha256": file.digest,
            "refused": refused(file),
        }
        for file, _ in reading.files
    ]


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vigie-key-") as folder:
        yield Path(folder)


@contextmanager
def _bar() -> Iterator[Progress]:
    """Show how far the reading is, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    from rich.console import Console  # noqa: PLC0415  (0.15 s that no program needs)
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    words = {"copied": "Copie", "looked_at": "Lecture"}
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(
            task, description=words[what], completed=done, total=of or None
        )
