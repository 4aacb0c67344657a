"""Photos of workplaces: notes that hold a password, screens left open."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import FAILED, NOTHING, Answers
from vigie.cli._check_photo import box_of, read_file
from vigie.domain.danger import Danger
from vigie.domain.evidence.pictures import Photo, Spot, WorkplaceSeen
from vigie.domain.finding import Finding
from vigie.domain.practice import Language
from vigie.guards import guards
from vigie.guards.exposed_password.by_workplace import left_open, with_login, with_password
from vigie.policy.orders import decide
from vigie.readers.picture.reader import PictureReader
from vigie.watch.patrol import Patrol

# What is at which place, for each fact about places.
_PLACES: Mapping[str, tuple[str, Callable[[Photo], tuple[Spot, ...]]]] = {
    "password_on_note": ("password", with_password),
    "login_on_note": ("login", with_login),
    "screen_left_open": ("screen", left_open),
}
_NOTHING = {
    Language.FR: "Aucun mot de passe ni écran ouvert n’a été reconnu sur cette photo.",
    Language.DE: "Auf diesem Foto wurden weder Passwort noch offener Bildschirm erkannt.",
    Language.EN: "Neither a password nor an open screen was recognised in this photo.",
}


def check_workplace(paths: Sequence[Path], *, language: str, as_json: bool) -> int:
    """Answer each photo; return the gravest exit status."""
    answers, status = Answers(as_json=as_json, language=Language(language)), NOTHING
    with PictureReader() as reader:
        for path in paths:
            if len(paths) > 1 and not as_json:
                click.echo(f"{path}")
            status = max(status, _one(answers, reader, path))
    return status


def _one(answers: Answers, reader: PictureReader, path: Path) -> int:
    begun = time.monotonic()
    try:
        untrusted = read_file(path)
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        click.echo(f"{path} ne peut pas servir ({reason}). Vérifiez le chemin.", err=True)
        if answers.as_json:
            answers.answer(str(path), (), more={"decision": "warn"})
        return FAILED
    photo = reader.look(untrusted)
    seen = WorkplaceSeen(
        at=datetime.now(UTC),
        machine="local",
        photo=photo,
        handle=hashlib.sha256(untrusted).hexdigest(),
        name=path.name,
    )
    verdicts = Patrol(guards(), decide).step(seen)
    findings = [finding for verdict in verdicts for finding in verdict.findings]
    rows = list(_each(findings, photo)) if answers.as_json else [(one, {}) for one in findings]
    return answers.answer(
        str(path),
        [(Danger.EXPOSED_PASSWORD, finding) for finding, _ in rows],
        places=[where for _, where in rows],
        responses=[response for verdict in verdicts for response in verdict.responses],
        sentence="" if findings else _NOTHING[answers.language],
        failed=not photo.shows,
        seconds=time.monotonic() - begun,
    )


def _each(
    findings: Sequence[Finding], photo: Photo
) -> Iterator[tuple[Finding, Mapping[str, object]]]:
    """Yield a finding for each place; never what stands there."""
    for finding in findings:
        kind, places = _PLACES.get(finding.fact, (finding.fact, lambda _: ()))
        spots = places(photo)
        if not spots:
            yield finding, {"kind": kind}
        for spot in spots:
            yield replace(finding, numbers={"places": 1}), {"kind": kind, "box": box_of(spot)}
