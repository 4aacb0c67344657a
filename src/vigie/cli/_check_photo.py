"""Photos before they are published: each answered, and a copy made where one is asked for."""

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import FAILED, NOTHING, Answers
from vigie.domain.danger import Danger
from vigie.domain.evidence.pictures import Photo, PhotoOffered, Spot
from vigie.domain.finding import Finding
from vigie.domain.practice import Language
from vigie.domain.response import Response
from vigie.guards import guards
from vigie.guards.photo_leak.guard import FACTS
from vigie.policy.orders import decide
from vigie.readers.picture.reader import PictureReader
from vigie.routines.photos.preparing import Prepared, prepare
from vigie.tools.darkroom import BY_ENDING, Format
from vigie.watch.patrol import Patrol

_LONGEST = 97 * 1024 * 1024  # bytes read of one file; the reader refuses that many
_COPY = {
    Language.FR: "Copie masquée : {place}. "
    "Y a-t-il encore un écran, un papier ou un visage sur la copie ?",
    Language.DE: "Verdeckte Kopie: {place}. "
    "Gibt es darauf noch einen Bildschirm, ein Papier oder ein Gesicht?",
    Language.EN: "Masked copy: {place}. Is there still a screen, a paper or a face in it?",
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked: the file a copy is to be written to, if any."""

    copy: Path | None
    several: bool

    def place(self, photo: Path) -> tuple[Path, Format] | None:
        """Return where the copy of a photo goes, and as what."""
        if self.copy is None:
            return None
        if self.several or self.copy.is_dir():
            return self.copy / f"{photo.stem}.jpg", Format.JPEG
        return self.copy, BY_ENDING.get(self.copy.suffix.lower(), Format.JPEG)


def check_photo(paths: Sequence[Path], *, copy: Path | None, language: str, as_json: bool) -> int:
    """Answer each photo; return the gravest exit status.

    Raise ClickException where nothing can be checked at all.
    """
    answers = Answers(as_json=as_json, language=Language(language))
    wanted = _Wanted(copy, several=len(paths) > 1)
    if copy and wanted.several and not copy.is_dir():
        raise click.ClickException(
            f"Pour plusieurs photos, {copy} doit être un dossier. Créez-le d’abord."
        )
    status = NOTHING
    with PictureReader() as reader:
        for path in paths:
            if wanted.several and not as_json:
                click.echo(f"{path}")
            status = max(status, _one(answers, reader, path, wanted.place(path)))
    return status


def _one(
    answers: Answers, reader: PictureReader, path: Path, place: tuple[Path, Format] | None
) -> int:
    begun = time.monotonic()
    try:
        untrusted = read_file(path)
        if place and path.exists() and place[0].exists() and place[0].samefile(path):
            return _failed(
                answers, path, f"La copie ne peut pas remplacer {path}. Donnez un autre nom."
            )
        made = (
            prepare(reader, untrusted, place[1])
            if place
            else Prepared(photo=reader.look(untrusted))
        )
        if place and made.copy:
            write_new(place[0], made.copy)
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        return _failed(
            answers,
            path,
            f"{trouble.filename or path} ne peut pas servir ({reason}). Vérifiez le chemin.",
        )
    photo = made.photo
    findings, responses = _judged(untrusted, made, path)
    if not photo.shows:
        opinions = [(Danger.PHOTO_LEAK, finding) for finding in findings]
        return answers.answer(str(path), opinions, failed=True, seconds=time.monotonic() - begun)
    rows = list(_each(findings, photo)) if answers.as_json else [(one, {}) for one in findings]
    return answers.answer(
        str(path),
        [(Danger.PHOTO_LEAK, finding) for finding, _ in rows],
        places=[where for _, where in rows],
        responses=responses,
        sentence=_COPY[answers.language].format(place=place[0]) if place else "",
        seconds=time.monotonic() - begun,
        more={
            "score": float(len(photo.spots)),
            "width": photo.width,
            "height": photo.height,
            **({"masked": str(place[0]), "left": made.left} if place else {}),
        },
    )


def _failed(answers: Answers, path: Path, sentence: str) -> int:
    click.echo(sentence, err=True)
    if answers.as_json:
        answers.answer(str(path), (), more={"decision": "warn", "score": 0.0})
    return FAILED


def _judged(untrusted: bytes, made: Prepared, path: Path) -> tuple[list[Finding], list[Response]]:
    offered = PhotoOffered(
        at=datetime.now(UTC),
        machine="local",
        photo=made.photo,
        handle=hashlib.sha256(untrusted).hexdigest(),
        name=path.name,
        left=made.left,
    )
    verdicts = Patrol(guards(), decide).step(offered)
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    return findings, [response for verdict in verdicts for response in verdict.responses]


def _each(
    findings: Sequence[Finding], photo: Photo
) -> Iterator[tuple[Finding, Mapping[str, object]]]:
    """Yield a finding for each place, where a person reads one for each kind of place."""
    for finding in findings:
        place = FACTS.get(finding.fact)
        if place is None:
            yield finding, {"kind": finding.fact}
        for spot in photo.spots:
            if spot.place is place:
                yield _at(finding, spot)


def _at(finding: Finding, spot: Spot) -> tuple[Finding, Mapping[str, object]]:
    """Return a finding about one spot, and where that is."""
    words = {"words": " / ".join(spot.lines)} if spot.lines else {}
    numbers = {"places": 1, "lines": len(spot.lines)}
    one = replace(finding, numbers=numbers, clues={**finding.clues, **words})
    return one, {"kind": spot.place.value, "box": box_of(spot)}


def box_of(spot: Spot) -> list[int]:
    """Return where a spot is: x, y, width, height in pixels of the picture as people see it."""
    return [spot.box.x, spot.box.y, spot.box.w, spot.box.h]


def read_file(path: Path) -> bytes:
    """Return the bytes of a photo. Raise OSError where it cannot be read."""
    if str(path) == "-":
        return sys.stdin.buffer.read(_LONGEST)
    with path.open("rb") as file:
        return file.read(_LONGEST)


def write_new(path: Path, content: bytes) -> None:
    """Write a new file where none was, or in place of another one. Raise OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
