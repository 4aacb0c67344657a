"""A file judged bad at one practice is refused at all, and nobody learns whose it was."""

from collections.abc import Callable
from typing import Any

import pytest
from players import Stage, let_in
from speaking import Speaker, fresh_id, now

from vigie.console.intake import sharing
from vigie.console.intake.models import BadFile, KnownBad
from vigie.console.intake.sealing import first_break
from vigie.domain.danger import Danger
from vigie.wire.reports import BadFileWord

Tell = Callable[..., dict[str, Any]]
DIGEST = "ab" * 32


def bad(digest: str = DIGEST) -> BadFileWord:
    return BadFileWord(id=fresh_id(), at=now(), danger=Danger.TROJAN_DOCUMENT, digest=digest)


def test_a_bad_file_of_one_practice_is_told_to_another(stage: Stage, tell: Tell) -> None:
    tell(let_in(stage.martin, "Accueil"), bad())
    receipt = tell(let_in(stage.favre, "Bureau"))
    assert receipt["bad"] == [DIGEST]
    assert receipt["bad_number"] > 0


def test_what_is_told_names_no_practice(stage: Stage, tell: Tell) -> None:
    tell(let_in(stage.martin, "Accueil"), bad())
    columns = {field.name for field in KnownBad._meta.get_fields()}
    assert columns == {"id", "digest"}
    assert BadFile.objects.get().practice == stage.martin


def test_the_same_file_twice_is_known_once(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, bad(), bad())
    assert KnownBad.objects.count() == 1
    assert BadFile.objects.count() == 2


def test_the_row_is_sealed_in_the_journal(stage: Stage, tell: Tell) -> None:
    tell(let_in(stage.martin, "Accueil"), bad())
    assert first_break(stage.martin) is None
    BadFile.objects.update(digest="cd" * 32)
    assert first_break(stage.martin) is not None


def test_a_machine_that_calls_everything_bad_is_bounded(
    accueil: Speaker, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MOST_A_DAY", 3)
    tell(accueil, *(bad(f"{n:064x}") for n in range(5)))
    tell(accueil, bad(f"{9:064x}"))
    assert KnownBad.objects.count() == 3


def test_a_machine_is_told_what_it_does_not_know_yet(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, bad())
    digests, mark = sharing.since(0)
    assert digests == (DIGEST,)
    assert sharing.since(mark) == ((), mark)
