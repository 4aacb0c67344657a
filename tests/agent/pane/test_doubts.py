"""Something in doubt is shown, and the answer takes its place."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable

import pytest
from hostile_documents import shapes
from pane_room import Answer, Room
from PIL import Image, ImageDraw

from vigie.domain.danger import Danger
from vigie.tools.darkroom import carries
from vigie.wire import reports
from vigie.wire.advice import Advice, AdviceWord, Kind, QuestionWord

POST = (
    "Bonjour, je suis Mme Jeanne Dupont, secrétaire à Vesoul. Ma patiente de 84 ans, née le "
    "3 mars 1942, tél. 06 12 34 56 78, a la maladie de Huntington."
)
LURE = """\
From: "Assurance Maladie" <service@ameli-remboursement.top>
To: secretariat@cabinet-exemple.fr
Subject: Votre carte Vitale expire
Message-ID: <1@ameli-remboursement.top>
Date: Mon, 23 Nov 2026 08:12:00 +0100
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Votre carte Vitale expire. <a href="https://ameli-carte.top/vitale">Mettez vos coordonnées
bancaires à jour</a> sous 24 heures.</p>
""".encode()


def answered(pane: Room, shown: Answer, within: float = 90.0) -> Answer:
    """Return the page of an answer, once it is there."""
    assert shown.status == 303, shown.body
    place = shown.headers["Location"]
    limit = time.monotonic() + within
    while time.monotonic() < limit:
        if json.loads(pane.ask(f"{place}/etat").body)["looked"]:
            return pane.ask(place)
        time.sleep(0.1)
    pytest.fail("no answer")


def until(done: Callable[[], bool], within: float = 90.0) -> None:
    limit = time.monotonic() + within
    while not done():
        assert time.monotonic() < limit
        time.sleep(0.1)


def questions(pane: Room) -> list[QuestionWord]:
    words = [reports.decode_item(body) for body in pane.agent.spool.next_to_leave()]
    return [word for word in words if isinstance(word, QuestionWord)]


def test_a_text_that_names_somebody_comes_back_without_them(pane: Room) -> None:
    page = answered(pane, pane.show("", POST.encode(), "text"))
    assert "permet de reconnaître" in page.body
    masked = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.body, re.DOTALL)
    assert masked
    for hint in ("Jeanne", "Dupont", "06 12", "1942"):
        assert hint not in masked[1]


def test_a_harmless_text_is_green(pane: Room) -> None:
    page = answered(pane, pane.show("", b"La salle d'attente sera repeinte en bleu.", "text"))
    assert "ne désigne une personne" in page.body


def test_a_message_that_imitates_is_red_and_says_from_where_it_comes(pane: Room) -> None:
    page = answered(pane, pane.show("message.eml", LURE))
    assert 'class="answer red"' in page.body
    assert "ameli-remboursement.top" in page.body
    assert "Demander conseil" in page.body


def test_the_source_of_a_message_pasted_as_text_is_a_message(pane: Room) -> None:
    page = answered(pane, pane.show("", LURE, "text"))
    assert "ameli-remboursement.top" in page.body


def test_a_document_with_a_macro_gives_a_safe_copy_that_is_clean(pane: Room) -> None:
    page = answered(pane, pane.show("formulaire.docm", macro()))
    assert re.search(r'class="answer (orange|red)"', page.body)
    place = re.search(r'action="([^"]+/copie)"', page.body)
    assert place
    assert pane.post(place[1].removeprefix(pane.root)).status == 303
    until(lambda: not json.loads(pane.ask(place[1].replace("/copie", "/etat")).body)["copying"])
    got = pane.ask(place[1])
    assert got.status == 200, pane.ask(place[1].replace("/copie", "")).body
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "formulaire%20%28copie%20s%C3%BBre%29.docx" in got.headers["Content-Disposition"]
    assert not [n for n in zipfile.ZipFile(io.BytesIO(got.raw)).namelist() if "vba" in n.lower()]


def test_a_red_file_shown_here_is_refused_everywhere(pane: Room) -> None:
    answered(pane, pane.show("facture.pdf.exe", b"MZ" + b"\0" * 4000))
    items = [reports.decode_item(body) for body in pane.agent.spool.next_to_leave()]
    bad = [word for word in items if isinstance(word, reports.BadFileWord)]
    assert [word.danger for word in bad] == [Danger.TROJAN_DOCUMENT]
    assert bad[0].digest in pane.agent.known_bad


def macro() -> bytes:
    """Return a form with a macro that runs when it is opened."""
    return next(content for slug, _, content in shapes() if slug == "docm_auto")


def photo() -> bytes:
    picture = Image.new("RGB", (1200, 900), (205, 200, 190))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((300, 200, 900, 620), fill=(20, 22, 26))
    draw.rectangle((320, 220, 880, 600), fill=(238, 244, 250))
    for row in range(8):
        draw.text((350, 245 + row * 42), "DUPONT Jeanne  03/03/1942  06 12 34 56 78", fill=(20, 30, 60), font_size=22)  # noqa: E501  # fmt: skip
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    return out.getvalue()


@pytest.mark.timeout(240)
def test_the_areas_a_person_chose_are_black_on_a_copy_without_anything_else(pane: Room) -> None:
    page = answered(pane, pane.show("accueil.jpg", photo()), 200)
    place = re.search(r'data-save="([^"]+)"', page.body)
    assert place, page.body
    shown = pane.ask(place[1])
    assert shown.headers["Content-Type"] == "image/jpeg"
    boxes = json.dumps([{"x": 280, "y": 180, "w": 640, "h": 460}])
    saved = pane.post(place[1].removeprefix(pane.root), boxes=boxes)
    assert "left" in json.loads(saved.body)
    copy = pane.ask(place[1].replace("/photo", "/masque"))
    assert carries(copy.raw) == 0
    picture = Image.open(io.BytesIO(copy.raw))
    assert picture.size == (1200, 900)
    assert max(picture.getpixel((600, 400))) < 20  # type: ignore[type-var, arg-type]
    assert min(picture.getpixel((100, 800))) > 150  # type: ignore[type-var, arg-type]


@pytest.mark.parametrize(
    "boxes",
    ["", "x", "[1]", '[{"x":1}]', '[{"x":1e999,"y":0,"w":1,"h":1}]', '[{"x":0,"y":0,"w":-5,"h":9}]',
     json.dumps([{"x": 0, "y": 0, "w": 9, "h": 9}] * 501)],
)  # fmt: skip
def test_areas_that_are_none_are_refused(boxes: str, pane: Room) -> None:
    page = answered(pane, pane.show("petit.png", small()), 200)
    place = re.search(r'data-save="([^"]+)"', page.body)
    assert place
    assert pane.post(place[1].removeprefix(pane.root), boxes=boxes).status == 400


def small() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 190, 180)).save(out, "PNG")
    return out.getvalue()


def test_nothing_shown_is_said_kindly(pane: Room) -> None:
    shown = pane.show("vide.txt", b"")
    assert shown.headers["Location"].endswith("?note=empty")
    assert "rien à regarder" in pane.ask(shown.headers["Location"]).body


def test_what_is_not_there_any_more_leads_back(pane: Room) -> None:
    gone = pane.ask(f"{pane.root}/doute/0123456789abcdef")
    assert gone.headers["Location"].endswith("?note=gone")


def test_a_name_that_is_markup_is_text(pane: Room) -> None:
    page = answered(pane, pane.show("<img src=x onerror=alert(1)>.txt", b"bonjour"))
    assert "<img src=x" not in page.body
    assert "&lt;img src=x" in page.body


def test_a_question_takes_kinds_facts_and_marks_and_nothing_else(pane: Room) -> None:
    page = answered(pane, pane.show("Facture Mme Dupont.eml", LURE))
    place = re.search(r'action="([^"]+/conseil)"', page.body)
    assert place
    pane.post(place[1].removeprefix(pane.root))
    (word,) = questions(pane)
    assert word.kind is Kind.MAIL
    assert word.sender == "ameli-remboursement.top"
    assert word.hosts == ("ameli-carte.top",)
    assert "imitation_held" in {fact.fact for fact in word.facts}
    sent = reports.encode(word).decode()
    for hint in ("Dupont", "Facture", "Vitale", "secretariat", "service@", "vitale"):
        assert hint not in sent
    assert "Karim" in pane.ask(place[1].replace("/conseil", "")).body


def test_a_text_leaves_neither_digest_nor_domain(pane: Room) -> None:
    page = answered(pane, pane.show("", POST.encode(), "text"))
    place = re.search(r'action="([^"]+/conseil)"', page.body)
    assert place
    pane.post(place[1].removeprefix(pane.root))
    (word,) = questions(pane)
    assert (word.digests, word.sender, word.hosts) == ((), None, ())


def test_asked_twice_a_question_leaves_once_and_the_answer_is_shown(pane: Room) -> None:
    page = answered(pane, pane.show("message.eml", LURE))
    place = re.search(r'action="([^"]+/conseil)"', page.body)
    assert place
    for _ in range(2):
        pane.post(place[1].removeprefix(pane.root))
    (word,) = questions(pane)
    assert "réponse avant" in pane.ask(f"{pane.root}/").body
    answer = AdviceWord(question=word.id, advice=Advice.LEAVE, at=word.at)
    pane.agent.console.advised([answer])
    desk = pane.ask(f"{pane.root}/").body
    assert "Karim a regardé\u00a0: ne l’ouvrez pas" in desk
    pane.post("/lu", question=word.id)
    assert "Karim a regardé" not in pane.ask(f"{pane.root}/").body.split("Vos questions")[-1]


def test_an_unsigned_answer_never_opens_what_is_red(pane: Room) -> None:
    page = answered(pane, pane.show("facture.pdf.exe", b"MZ" + b"\0" * 4000))
    place = re.search(r'action="([^"]+/conseil)"', page.body)
    assert place
    pane.post(place[1].removeprefix(pane.root))
    (word,) = questions(pane)
    pane.agent.console.advised([AdviceWord(question=word.id, advice=Advice.HARMLESS, at=word.at)])
    assert "reste fermé ici jusqu’à son ordre signé" in pane.ask(f"{pane.root}/").body
    assert word.digests[0] in pane.agent.known_bad


def test_an_answer_to_a_question_nobody_asked_is_not_heeded(pane: Room) -> None:
    pane.agent.console.advised(
        [AdviceWord(question="ab" * 16, advice=Advice.HARMLESS, at=pane.agent._clock())]
    )
    assert "Karim a regardé" not in pane.ask(f"{pane.root}/").body
