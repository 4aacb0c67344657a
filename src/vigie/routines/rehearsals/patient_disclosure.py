"""The careless post, played for real: read in the cell, judged, masked, and read again.

The posts are invented anew each time, so that nothing can have been prepared for them.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from vigie.domain.danger import Danger
from vigie.domain.evidence.writing import Mark, TextOffered
from vigie.domain.finding import Finding
from vigie.guards.patient_disclosure.guard import judge
from vigie.knowledge.writing import crowd, masked
from vigie.policy.orders import decide
from vigie.readers.writing.reader import WritingReader
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial

_FIRST = [
    "Mathilde",
    "Jeanne",
    "Solène",
    "Nadia",
    "Brigitte",
    "Aurélie",
    "Corinne",
    "Fatima",
    "Odile",
    "Sylvie",
]
_LAST = [
    "Garnier",
    "Lefebvre",
    "Benali",
    "Rousseau",
    "Keller",
    "Moreau",
    "Chevallier",
    "Perrin",
    "Nguyen",
]
_TOWNS = [
    "Mens",
    "Grenoble",
    "Vizille",
    "Lausanne",
    "Namur",
    "Romans-sur-Isère",
    "Tournon",
    "Sierre",
    "Arlon",
    "Die",
]
_VILLAGES = (
    "Mens",
    "Saillans",
    "Tence",
    "Vif",
    "Dieulefit",
    "Orcières",
    "Sauve",
    "Lodève",
)
_TRADES = (
    "luthière",
    "potière",
    "bergère",
    "relieuse",
    "fromagère",
    "notaire",
)
_HARMLESS = (
    "Bonjour, quelle dose de Cortancyl pour une maladie de Horton chez un patient de 78 ans ?",
    "Un test de Romberg positif suffit-il pour parler d’ataxie ? Merci d’avance.",
    "Score de Glasgow à 13 après une chute : scanner d’emblée ou surveillance ?",
)


def play(stage: Stage) -> Iterator[Trial]:
    """Offer a careless post, one without a name, and harmless ones; yield how it went."""
    del stage
    dice = random.Random()  # noqa: S311  (a play needs variety, not secrecy)
    with WritingReader() as reader:
        _read(reader, "Bonjour.")
        yield _careless(reader, dice)
        yield _nameless(reader, dice)
        passed = sum(not decide(Danger.PATIENT_DISCLOSURE, _findings(reader, p)) for p in _HARMLESS)
        yield Trial(
            name="harmless_post_passed",
            held=passed == len(_HARMLESS),
            numbers={"posts": len(_HARMLESS)},
        )


def _careless(reader: WritingReader, dice: random.Random) -> Trial:
    first, last, town = dice.choice(_FIRST), dice.choice(_LAST), dice.choice(_TOWNS)
    phone = f"06 {dice.randint(10, 99)} {dice.randint(10, 99)} {dice.randint(10, 99)} 42"
    born = f"{dice.randint(1, 28):02}/{dice.randint(1, 12):02}/{dice.randint(1930, 1999)}"
    post = (
        f"Bonjour, je suis Mme {first} {last}, née le {born}, qui habite à {town}. "
        f"Son numéro est le {phone}. {first} va mal depuis hier, que feriez-vous ?"
    )
    began = time.perf_counter()
    marks = _read(reader, post)
    copy = masked(post, marks)
    took = round((time.perf_counter() - began) * 1000)
    left = [secret for secret in (first, last, town, phone, born) if secret in copy]
    stopped = bool(decide(Danger.PATIENT_DISCLOSURE, _findings(reader, post)))
    passes = not decide(Danger.PATIENT_DISCLOSURE, _findings(reader, copy))
    return Trial(
        name="post_masked",
        held=stopped and passes and not left and masked(copy, _read(reader, copy)) == copy,
        numbers={"places": len(marks), "milliseconds": took},
    )


def _nameless(reader: WritingReader, dice: random.Random) -> Trial:
    village, trade, age = dice.choice(_VILLAGES), dice.choice(_TRADES), dice.randint(40, 69)
    post = (
        f"Bonjour, avis sur une {trade} de {age} ans, de {village}, "
        "suivie pour une maladie de Wilson ?"
    )
    began = time.perf_counter()
    findings = _findings(reader, post)
    copy = masked(post, _read(reader, post))
    took = round((time.perf_counter() - began) * 1000)
    few = next((f.numbers["people"] for f in findings if f.fact == "combination_identifies"), 0)
    return Trial(
        name="combination_seen",
        held=few > 0 and crowd(_read(reader, copy)) is None,
        numbers={"people": few, "milliseconds": took},
    )


def _read(reader: WritingReader, post: str) -> tuple[Mark, ...]:
    reading = reader.read(post.encode())
    if reading.unread:
        raise CannotPlay("died")
    return reading.marks


def _findings(reader: WritingReader, post: str) -> list[Finding]:
    marks = _read(reader, post)
    offered = TextOffered(
        at=datetime.now(UTC), machine="rehearsal", marks=marks, crowd=crowd(marks)
    )
    return list(judge([offered]))
