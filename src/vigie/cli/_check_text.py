"""`vigie check text`: what in a text would tell who a patient is, and the same text without it."""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import FAILED, Answers
from vigie.domain.danger import Danger
from vigie.domain.evidence.writing import Mark, TextOffered
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import Language, Reader
from vigie.guards.patient_disclosure.guard import fact, gravity, judge
from vigie.knowledge.patients.book import Book, unpacked
from vigie.knowledge.writing.crowd import crowd
from vigie.knowledge.writing.masking import masked
from vigie.policy.orders import decide
from vigie.readers.writing.letters import LARGEST, decoded
from vigie.readers.writing.reader import WritingReader
from vigie.tools.home import home
from vigie.tools.patients import kept

_WHY = {
    "too_long": "Ce texte est trop long. Donnez-en une partie de moins de 200 000 signes.",
    "no_text": "Ce n’est pas un texte. Copiez le texte lui-même, puis recommencez.",
    "too_slow": "Ce texte demande trop de temps. Donnez-en une partie plus courte.",
}
_STUCK = "Ce texte ne peut pas être lu. Donnez-en une partie plus courte."


def check_text(source: Path, *, safe_copy: Path | None, language: str, as_json: bool) -> int:
    """Answer about one text; return the exit status. `safe_copy`: where the masked text goes."""
    answers = Answers(as_json=as_json, language=Language(language), reader=Reader.SECRETARY)
    began = time.perf_counter()
    try:
        untrusted = _bytes(source)
    except OSError as trouble:
        click.echo(
            f"{source} ne peut pas être lu ({trouble.strerror}). Vérifiez le chemin.", err=True
        )
        return FAILED
    with WritingReader(book=_patients()) as reader:
        reading = reader.read(untrusted)
    if reading.unread:
        click.echo(_WHY.get(reading.unread, _STUCK), err=True)
        return FAILED
    marks = reading.marks
    offered = TextOffered(
        at=datetime.now(UTC), machine="local", marks=marks, crowd=crowd(marks), place=str(source)
    )
    findings = list(judge([offered]))
    if safe_copy is not None:
        text = masked(decoded(untrusted), marks)
        try:
            safe_copy.write_text(text, "utf-8", newline="")
        except OSError as trouble:
            click.echo(f"{safe_copy} ne peut pas être écrit ({trouble.strerror}).", err=True)
            return FAILED
    return _answer(answers, source, marks, findings, seconds=time.perf_counter() - began)


def _answer(
    answers: Answers,
    source: Path,
    marks: tuple[Mark, ...],
    findings: list[Finding],
    *,
    seconds: float,
) -> int:
    stopped = [f for f in findings if f.gravity is not Gravity.NOTE]
    said = [*_each(marks, findings)] if answers.as_json else [(f, {}) for f in stopped]
    more: dict[str, object] = {"decision": "hold" if stopped else "allow"}
    sentence = "" if stopped else "Rien dans ce texte ne désigne une personne."
    return answers.answer(
        str(source),
        [(Danger.PATIENT_DISCLOSURE, finding) for finding, _ in said],
        places=[place for _, place in said],
        responses=decide(Danger.PATIENT_DISCLOSURE, findings),
        sentence=sentence,
        seconds=seconds,
        more=more,
    )


def _each(
    marks: tuple[Mark, ...], findings: list[Finding]
) -> list[tuple[Finding, Mapping[str, object]]]:
    """Return one finding for each mark, with its place, and what they say together."""
    rows: list[tuple[Finding, Mapping[str, object]]] = [
        (
            Finding(gravity=gravity(fact(m)), fact=fact(m), numbers={"places": 1}),
            {"start": m.start, "end": m.end, "kind": m.kind.value},
        )
        for m in marks
    ]
    for finding in findings:
        if finding.fact == "combination_identifies":
            span = {"start": marks[0].start, "end": marks[-1].end, "kind": "combination"}
            rows.append((finding, span))
    return rows


def _patients() -> Book | None:
    """Return the practice's own patients; nobody where the file is not readable."""
    try:
        content = kept(home() / "patients.book")
        return unpacked(content) if content else None
    except (OSError, ValueError):
        click.echo("La liste des patients ne se lit pas ; elle est laissée de côté.", err=True)
        return None


def _bytes(source: Path) -> bytes:
    if str(source) == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    with source.open("rb") as opened:
        return opened.read(LARGEST + 1)
