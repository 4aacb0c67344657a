from django.test import Client
from players import Stage

from vigie.domain.danger import Danger
from vigie.domain.practice import Language
from vigie.knowledge import lessons


def test_all_eleven_lessons_are_a_page_in_the_practices_language(stage: Stage) -> None:
    stage.martin.language = "de"
    stage.martin.save()
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    html = client.get(f"/cabinets/{stage.martin.pseudonym}/lecons/").content.decode()
    assert html.count('class="card"') == len(Danger)
    for card in lessons.cards(Language.DE):
        assert card.title in html


def test_the_contact_sheet_says_whom_to_call_and_leaves_lines_for_the_rest(stage: Stage) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    html = client.get(f"/cabinets/{stage.martin.pseudonym}/contacts/").content.decode()
    for shown in ("112", "17cyber.gouv.fr", "cnil.fr", "karim"):
        assert shown in html
    assert html.count('class="blank"') == 3
