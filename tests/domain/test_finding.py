"""A finding has room for slugs, integers and local clues, and nothing else."""

from datetime import UTC, datetime

import pytest

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.verdict import Verdict, report
from vigie.wire.reports import encode, report_word

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize("fact", ["Files scrambled", "", "files__scrambled", "Dupont", "é"])
def test_a_fact_that_is_not_a_slug_is_refused(fact: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        Finding(gravity=Gravity.NOTE, fact=fact)


def test_clues_do_not_travel() -> None:
    finding = Finding(
        gravity=Gravity.ALARM,
        fact="files_scrambled",
        numbers={"files": 3},
        clues={"folder": "/srv/Dossiers/Mme Petit"},
    )
    verdict = Verdict(danger=Danger.RANSOMWARE, at=NOW, machine="m", findings=(finding,))
    sent = encode(report_word(report(verdict, (), report_id="0" * 32)))
    assert b"Petit" not in sent
    assert b'"files":3' in sent


def test_a_verdict_is_as_grave_as_its_gravest_finding() -> None:
    findings = tuple(Finding(gravity=g, fact="a") for g in (Gravity.NOTE, Gravity.ALARM))
    verdict = Verdict(danger=Danger.RANSOMWARE, at=NOW, machine="m", findings=findings)
    assert verdict.gravity is Gravity.ALARM
