"""From a word of the wire to a row; what the closed vocabulary does not hold is refused."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from vigie.console.intake.models import Backup, BadFile, Gap, Item, Proof, Question, Report
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.phrasebook import vocabulary
from vigie.wire.advice import DoubtFact, QuestionWord
from vigie.wire.reports import BackupWord, BadFileWord, FactWord, GapWord, ProofWord, ReportWord

# A promise further away than this is none: no question is put off for ever.
LONGEST_PROMISE = timedelta(days=40)
# A proof that says it never expires would be green for ever. The longest calendar is yearly.
LONGEST_PROOF = timedelta(days=400)

RowWord = ReportWord | ProofWord | BackupWord | GapWord | BadFileWord | QuestionWord
_RANKED = {gravity.rank: gravity for gravity in Gravity}


class OutsideVocabulary(ValueError):
    """A fact, trial, reason or number that no vocabulary holds."""


def row(word: RowWord) -> tuple[type[Item], dict[str, Any]]:
    """Given a word, return its kind and its own columns. Raise OutsideVocabulary."""
    told: dict[str, Any] = {"item": word.id, "at": _utc(word.at)}
    if isinstance(word, ReportWord):
        return Report, told | _report(word)
    if isinstance(word, ProofWord):
        return Proof, told | _proof(word)
    if isinstance(word, BackupWord):
        return Backup, told | {
            "repository": word.repository,
            "kind": word.kind,
            "snapshots": word.snapshots,
            "latest": _utc(word.latest) if word.latest else None,
            "missing": list(word.missing),
        }
    if isinstance(word, BadFileWord):
        return BadFile, told | {"danger": word.danger.value, "digest": word.digest}
    if isinstance(word, QuestionWord):
        return Question, told | _question(word)
    return Gap, told | {
        "dropped": word.dropped,
        "since": _utc(word.since),
        "until": _utc(word.until),
    }


def _report(word: ReportWord) -> dict[str, Any]:
    known = vocabulary(word.danger)
    _check_facts(word.danger, word.facts)
    for outcome in word.outcomes:
        if outcome.reason is not None and outcome.reason not in known.reasons:
            raise OutsideVocabulary("unknown_reason")
    return {
        "danger": word.danger.value,
        "gravity": _RANKED[max(fact.gravity.rank for fact in word.facts)].value,
        "facts": msgspec.to_builtins(list(word.facts)),
        "outcomes": msgspec.to_builtins(list(word.outcomes)),
    }


def _proof(word: ProofWord) -> dict[str, Any]:
    trials = vocabulary(word.danger).trials
    if word.trial not in trials:
        raise OutsideVocabulary("unknown_trial")
    _check_numbers(word.numbers, trials[word.trial])
    if not word.at < word.expires <= word.at + LONGEST_PROOF:
        raise OutsideVocabulary("unlikely_expiry")
    return {
        "danger": word.danger.value,
        "trial": word.trial,
        "held": word.held,
        "expires": _utc(word.expires),
        "numbers": dict(word.numbers),
        "number": word.number,
        "previous": word.previous,
        "digest": word.digest,
    }


def _question(word: QuestionWord) -> dict[str, Any]:
    _check_facts(word.danger, word.facts)
    if not word.at <= word.promised <= word.at + LONGEST_PROMISE:
        raise OutsideVocabulary("unlikely_promise")
    rank = max((fact.gravity.rank for fact in word.facts), default=Gravity.NOTE.rank)
    return {
        "danger": word.danger.value,
        "kind": word.kind.value,
        "gravity": _RANKED[rank].value,
        "promised": _utc(word.promised),
        "facts": msgspec.to_builtins(list(word.facts)),
        "digests": list(word.digests),
        "sender": word.sender or "",
        "hosts": list(word.hosts),
    }


def _check_facts(danger: Danger, facts: Sequence[FactWord | DoubtFact]) -> None:
    known = vocabulary(danger)
    for fact in facts:
        if fact.fact not in known.facts:
            raise OutsideVocabulary("unknown_fact")
        _check_numbers(fact.numbers, known.facts[fact.fact])


def _check_numbers(numbers: Mapping[str, int], known: frozenset[str]) -> None:
    if not numbers.keys() <= known:
        raise OutsideVocabulary("unknown_number")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
