"""A doubt of one practice is answered by a person, and what is bad is refused at all of them."""

import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from players import Post, Stage, let_in
from speaking import Speaker, batch, now, question

from vigie.console import advice
from vigie.console.alerts.models import Alert
from vigie.console.intake.models import Advice, KnownBad, Question
from vigie.console.intake.sealing import first_break
from vigie.console.journal.models import Entry
from vigie.knowledge.reported import host_mark, sender_mark

Tell = Callable[..., dict[str, Any]]
LOCALE = Path(advice.__file__).parent / "locale"


@pytest.fixture
def karim(client: Client, stage: Stage) -> Client:
    client.force_login(stage.karim)
    return client


def answer(client: Client, given: str, number: int | None = None) -> int:
    pk = number or Question.objects.latest("pk").pk
    return client.post(f"/conseils/{pk}/", {"answer": given}).status_code


def test_a_question_waits_on_the_caretakers_page(
    karim: Client, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question())
    page = karim.get("/conseils/").content.decode()
    assert "Cabinet Martin" in page
    assert "un message" in page
    assert Alert.objects.get().fact == "advice_asked"


def test_the_page_shows_marks_and_facts_and_says_that_the_thing_stays(
    karim: Client, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question())
    page = karim.get(f"/conseils/{Question.objects.get().pk}/").content.decode()
    assert "facture-ameli.top" in page
    assert "paiement-ameli.top" in page
    assert "reste au cabinet" in page


def test_the_answer_goes_to_the_machine_that_asked_and_to_no_other(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    asked = question()
    tell(accueil, asked)
    assert answer(karim, "ask_sender") == 302
    receipt = tell(accueil)
    assert [(a["question"], a["advice"]) for a in receipt["advice"]] == [(asked.id, "ask_sender")]
    assert receipt["advice_number"] > 0
    assert tell(let_in(stage.martin, "Bureau"))["advice"] == []


def test_an_answer_that_is_known_is_not_told_again(
    karim: Client, accueil: Speaker, tell: Tell, post: Post
) -> None:
    tell(accueil, question())
    answer(karim, "leave")
    number = tell(accueil)["advice_number"]
    told = post(accueil, batch(advice_number=number)).json()
    assert told["advice"] == []
    assert told["advice_number"] == number


def test_what_is_bad_is_known_to_every_practice_by_marks_alone(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question())
    answer(karim, "leave")
    told = tell(let_in(stage.favre, "Accueil"))["bad"]
    assert set(told) == {
        "cd" * 32,
        sender_mark("facture-ameli.top"),
        host_mark("paiement-ameli.top"),
    }
    assert "ameli" not in "".join(KnownBad.objects.values_list("digest", flat=True))


@pytest.mark.parametrize("given", ["ask_sender", "use_copy", "will_call", "harmless"])
def test_no_other_answer_shares_anything(
    karim: Client, accueil: Speaker, tell: Tell, given: str
) -> None:
    tell(accueil, question())
    answer(karim, given)
    assert Advice.objects.get().answer == given
    assert not KnownBad.objects.exists()


@pytest.mark.parametrize("relied_on", ["gmail.com", "laposte.net", "mssante.fr", "web.app"])
def test_a_domain_people_rely_on_is_never_marked(
    karim: Client, accueil: Speaker, tell: Tell, relied_on: str
) -> None:
    tell(accueil, question(sender=relied_on, hosts=(relied_on,), digests=()))
    answer(karim, "leave")
    assert not KnownBad.objects.exists()


def test_the_first_answer_stands(karim: Client, accueil: Speaker, tell: Tell) -> None:
    tell(accueil, question())
    answer(karim, "harmless")
    answer(karim, "leave")
    assert Advice.objects.get().answer == "harmless"
    assert not KnownBad.objects.exists()


def test_nobody_answers_what_another_practice_asks(
    client: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question())
    client.force_login(stage.anna)
    assert answer(client, "leave") == 404
    assert client.get("/conseils/").content.decode().count("Cabinet Martin") == 0
    assert not Advice.objects.exists()


def test_an_answer_is_in_the_journal_and_closes_the_matter(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question())
    answer(karim, "leave")
    assert '"advised"' in Entry.objects.order_by("-number")[0].body
    assert Alert.objects.get().closed_at is not None
    assert first_break(stage.martin) is None


def test_a_second_question_keeps_the_matter_open(
    karim: Client, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question(), question())
    answer(karim, "leave")
    assert Alert.objects.get().closed_at is None


def test_a_changed_question_breaks_the_seal(stage: Stage, accueil: Speaker, tell: Tell) -> None:
    tell(accueil, question())
    assert first_break(stage.martin) is None
    Question.objects.update(sender="other.example")
    assert first_break(stage.martin) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"promised": now() - timedelta(days=1)},
        {"promised": now() + timedelta(days=400)},
    ],
)
def test_a_promise_that_is_none_is_not_taken(
    accueil: Speaker, post: Post, wrong: dict[str, Any]
) -> None:
    assert post(accueil, batch(question(**wrong))).status_code == 422
    assert not Question.objects.exists()


@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_translations_are_whole_and_compiled(language: str, tmp_path: Path) -> None:
    source = LOCALE / language / "LC_MESSAGES" / "django.po"
    compiled = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, source], check=True)
    assert compiled.read_bytes() == source.with_suffix(".mo").read_bytes()
    assert not re.search(r'^msgstr(\[\d\])? ""$(?!\n")', source.read_text(), re.MULTILINE)


def test_the_page_speaks_german(karim: Client, accueil: Speaker, tell: Tell) -> None:
    tell(accueil, question())
    karim.post("/langue/", {"language": "de", "next": "/"})
    assert "Warten auf Ihre Antwort" in karim.get("/conseils/").content.decode()
