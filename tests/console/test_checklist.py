"""Good practices: machines speak first, an answer lapses, what is unknown is not green."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from players import Stage, let_in
from speaking import Speaker, backup, now, report

from vigie.console.checklist import reading
from vigie.console.checklist.items import Kind, items, words
from vigie.console.checklist.models import Answer, Said
from vigie.console.checklist.reading import Stand
from vigie.console.journal.models import Entry
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.domain.proof import Standing
from vigie.guards import built
from vigie.phrasebook import vocabulary

Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def karim(stage: Stage) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    return client


def stand(stage: Stage, slug: str, later: timedelta = timedelta(0)) -> Stand:
    stands = reading.states(stage.karim, stage.martin, now() + later)
    return next(stand for stand in stands if stand.item.slug == slug)


def say(stage: Stage, slug: str, said: Said = Said.YES) -> Answer:
    about = {"name": "Dr Martin", "person": stage.karim, "now": now()}
    return reading.answer(stage.martin, items()[slug], said, **about)


def test_every_item_has_its_words_and_what_it_is_read_from() -> None:
    assert len(items()) == 37
    facts = {fact for danger in built() for fact in vocabulary(danger).facts}
    trials = {trial for danger in built() for trial in vocabulary(danger).trials}
    for language in Language:
        assert words(language).keys() == items().keys()
    for item in items().values():
        assert item.wrong <= facts, item.slug
        assert not item.trial or item.trial in trials
        assert (
            not item.machine
            or item.machine in vocabulary(Danger.RANSOMWARE).facts["machine_checked"]
        )
        assert item.seen == (item.kind is Kind.ALONE)
        assert bool(item.lasts) == (item.kind is not Kind.ALONE)
        assert bool(words(Language.FR)[item.slug].question) == bool(item.lasts)


def test_without_a_word_from_anybody_nothing_holds(stage: Stage) -> None:
    stands = reading.states(stage.karim, stage.martin, now())
    assert {stand.standing for stand in stands} == {Standing.BLIND}


def test_what_every_machine_shows_holds_and_one_silent_machine_keeps_it_unknown(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    look = {"gravity": Gravity.NOTE, "numbers": {"firewall": 1, "encryption": 0}}
    tell(accueil, report("machine_checked", **look))
    assert stand(stage, "firewall").standing is Standing.PROVEN
    assert stand(stage, "encryption").standing is Standing.TO_DO
    assert stand(stage, "updates").standing is Standing.BLIND
    other = let_in(stage.martin, "Bureau 2")
    assert stand(stage, "firewall").standing is Standing.BLIND
    tell(other, report("machine_checked", **look))
    assert stand(stage, "firewall").held == 2
    assert stand(stage, "firewall", timedelta(days=9)).standing is Standing.BLIND


def test_a_restore_counts_for_half_a_year_and_a_backup_for_a_day(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, accueil.proof("restore_proven", numbers={"files": 60}), backup(now()))
    assert stand(stage, "restore_tried").standing is Standing.PROVEN
    assert stand(stage, "restore_tried", timedelta(days=190)).standing is Standing.BLIND
    assert stand(stage, "backup_made").standing is Standing.PROVEN
    assert stand(stage, "backup_made", timedelta(days=2)).standing is Standing.TO_DO


def test_an_answer_lapses_and_is_asked_for_before(stage: Stage) -> None:
    say(stage, "wifi")
    assert stand(stage, "wifi").standing is Standing.PROVEN
    assert stand(stage, "wifi", timedelta(days=350)).standing is Standing.TO_WATCH
    assert stand(stage, "wifi", timedelta(days=366)).standing is Standing.BLIND
    say(stage, "wifi", Said.NO)
    assert stand(stage, "wifi").standing is Standing.TO_DO


def test_what_a_machine_sees_speaks_before_what_a_person_says(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    say(stage, "leavers")
    assert stand(stage, "leavers").standing is Standing.PROVEN
    tell(accueil, report("account_of_leaver", danger=Danger.EXPOSED_PASSWORD))
    assert stand(stage, "leavers").standing is Standing.TO_DO


def test_an_answer_is_written_with_its_name_and_journalled(stage: Stage, karim: Client) -> None:
    address = f"/cabinets/{stage.martin.pseudonym}/bonnes-pratiques/"
    answer = karim.post(f"{address}wifi/", {"said": "yes", "name": "Dr <b>Martin</b>"})
    assert answer.headers["Location"].endswith("#wifi")
    html = karim.get(address).content.decode()
    assert "Dr &lt;b&gt;Martin" in html
    assert Entry.objects.filter(body__contains='"event":"answered"').count() == 1
    assert (
        "Une personne a répondu"
        in karim.get(f"{address}../journal/".replace("bonnes-pratiques/../", "")).content.decode()
    )
    karim.post(f"{address}wifi/", {"said": "perhaps", "name": "X"})
    karim.post(f"{address}wifi/", {"said": "yes", "name": ""})
    assert Answer.objects.count() == 1
    assert karim.post(f"{address}firewall/", {"said": "yes", "name": "X"}).status_code == 404
    assert karim.post(f"{address}nothing/", {"said": "yes", "name": "X"}).status_code == 404


def test_nobody_answers_for_another_practice(stage: Stage) -> None:
    client = Client()
    client.force_login(stage.anna)
    address = f"/cabinets/{stage.martin.pseudonym}/bonnes-pratiques/wifi/"
    assert client.post(address, {"said": "yes", "name": "X"}).status_code == 404
    assert not Answer.objects.exists()


def test_the_pillars_are_as_good_as_the_worst_that_is_known(
    stage: Stage, karim: Client, accueil: Speaker, tell: Tell
) -> None:
    address = f"/cabinets/{stage.martin.pseudonym}/"
    html = karim.get(address).content.decode()
    assert html.count('class="pillars"') == 1
    pillars = html.split('class="pillars"')[1].split("</ul>")[0]
    assert "state proven" not in pillars
    tell(accueil, accueil.proof("restore_proven", numbers={"files": 60}), backup(now()))
    pillars = karim.get(address).content.decode().split('class="pillars"')[1].split("</ul>")[0]
    assert pillars.count("state proven") == 1
    look = {"firewall": 0, "antivirus": 1}
    tell(accueil, report("machine_checked", gravity=Gravity.NOTE, numbers=look))
    pillars = karim.get(address).content.decode().split('class="pillars"')[1].split("</ul>")[0]
    assert "state to_do" in pillars.split("<li>")[1]


def test_an_update_is_told_as_planned_kept_or_taken_back(
    stage: Stage, karim: Client, accueil: Speaker, tell: Tell
) -> None:
    address = f"/cabinets/{stage.martin.pseudonym}/"
    about = {"danger": Danger.FAILED_UPDATE, "gravity": Gravity.NOTE}
    assert "Aucune mise à jour n’attend" in karim.get(address).content.decode()
    numbers = {"packages": 1, "update": 31, "willing": 1}
    tell(accueil, report("update_announced", numbers=numbers, **about))
    assert "Ce cabinet l’essaie d’abord" in karim.get(address).content.decode()
    kept = {"packages": 1, "seconds": 4, "records": 9, "update": 31}
    tell(accueil, report("update_kept", numbers=kept, **about))
    assert "Installée, et tout a tenu." in karim.get(address).content.decode()
    tell(accueil, report("update_failed_late", danger=Danger.FAILED_UPDATE, numbers={"update": 31}))
    assert "la version d’avant est revenue" in karim.get(address).content.decode()
