import gettext
import io
import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from django.test import Client
from months_made import Ledger
from players import Stage

from vigie.console import lessons, letters
from vigie.console.accounts.models import Role
from vigie.console.journal import chain
from vigie.console.letters import keeping
from vigie.console.letters.models import Addressee, Dispatch, Letterhead
from vigie.console.letters.months import Month
from vigie.console.practices import scope
from vigie.console.practices.models import Practice

MORNING = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
LOCALES = [Path(app.__file__).parent / "locale" for app in (letters, lessons)]


@pytest.fixture
def karim(stage: Stage) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    return client


def page(client: Client, practice: Practice, rest: str = "") -> str:
    answer = client.get(f"/cabinets/{practice.pseudonym}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_archive_shows_each_letter_and_how_far_it_has_come(
    karim: Client, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    assert "Aucune lettre n’est encore écrite" in page(karim, martin, "lettres/")
    lived("eventful")
    keeping.write(martin, Month(2026, 10), MORNING)
    shown = page(karim, martin, "lettres/")
    assert "octobre 2026" in shown
    assert "Elle attend que vous la lisiez." in shown


def test_a_letter_is_shown_as_it_was_kept_and_sent_once_it_was_read(
    karim: Client, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("eventful")
    kept = keeping.write(martin, Month(2026, 10), MORNING)
    shown = page(karim, martin, "lettres/2026-10/")
    assert kept.sheet in shown
    assert kept.digest in shown
    assert "n’est plus celle" not in shown
    assert "Lue : l’envoyer".replace(" :", "\u00a0:") in shown
    answer = karim.post(f"/cabinets/{martin.pseudonym}/lettres/2026-10/envoyer/")
    assert answer.status_code == 302
    scope.see(scope.EVERYONE)
    dispatch = Dispatch.objects.get()
    assert dispatch.approved_at is not None
    assert str(dispatch.approved_by) == "karim"
    rows = [json.loads(entry.body) for entry in chain.entries(martin)]
    let_go = [row for row in rows if row["event"] == "letter_let_go"]
    assert [(row["letter"], row["by"]) for row in let_go] == [(kept.entry, dispatch.approved_by_id)]
    assert "Lue : l’envoyer".replace(" :", "\u00a0:") not in page(karim, martin, "lettres/2026-10/")


def test_papers_are_served_as_pdf(
    karim: Client, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("quiet")
    kept = keeping.write(martin, Month(2026, 10), MORNING)
    for rest in ("2026-10/pdf/", "apercu/pdf/"):
        answer = karim.get(f"/cabinets/{martin.pseudonym}/lettres/{rest}")
        assert answer.headers["Content-Type"] == "application/pdf"
        with pikepdf.open(io.BytesIO(answer.content)) as document:
            assert len(document.pages) == 1
    answer = karim.get(f"/cabinets/{martin.pseudonym}/lettres/2026-10/pdf/")
    assert answer.content == bytes(kept.pdf)


def test_no_letter_is_no_page(karim: Client, martin: Practice) -> None:
    for month in ("2026-13", "2026-10", "octobre"):
        assert karim.get(f"/cabinets/{martin.pseudonym}/lettres/{month}/").status_code == 404


def test_the_preview_says_that_it_is_one(karim: Client, martin: Practice) -> None:
    shown = page(karim, martin, "lettres/apercu/")
    assert "Rien n’est envoyé." in shown
    assert "le mois n’est pas fini" in shown


def test_whom_a_letter_greets_and_who_signs_is_written_once(
    karim: Client, stage: Stage, martin: Practice
) -> None:
    sent = {"doctor": "Docteure Aubry", "mail": "aubry@cabinet.example"}
    karim.post(f"/cabinets/{martin.pseudonym}/lettres/", sent)
    karim.post("/lettres/en-tete/", {"name": "Karim B.", "telephone": "04 78 00 00 00"})
    scope.see(scope.EVERYONE)
    addressee = Addressee.objects.get(practice=martin)
    assert (addressee.doctor, addressee.read_first) == ("Docteure Aubry", False)
    assert Letterhead.objects.get(person=stage.karim).telephone == "04 78 00 00 00"
    shown = page(karim, martin, "lettres/apercu/")
    assert "Docteure Aubry," in shown
    assert "Karim B." in shown


def test_a_doctor_reads_letters_and_neither_signs_nor_sends_them(
    stage: Stage, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("quiet")
    kept = keeping.write(martin, Month(2026, 10), MORNING)
    stage.charlie.role = Role.DOCTOR
    stage.charlie.save()
    martin.caretakers.set([stage.charlie, stage.karim])
    Letterhead.objects.create(person=stage.charlie, name="Docteur Charlie")
    Letterhead.objects.filter(person=stage.karim).delete()
    assert keeping.people(martin).caretaker == "karim"
    doctor = Client(headers={"Accept-Language": "fr"})
    doctor.force_login(stage.charlie)
    shown = page(doctor, martin, "lettres/2026-10/")
    assert kept.sheet in shown
    assert "<form" not in shown.split("<main")[1].split("</main>")[0]
    assert "<form" not in page(doctor, martin, "lettres/").split("<main")[1].split("</main>")[0]
    sent = doctor.post(f"/cabinets/{martin.pseudonym}/lettres/2026-10/envoyer/")
    assert sent.status_code == 403
    scope.see(scope.EVERYONE)
    assert Dispatch.objects.get().approved_at is None


def test_nothing_on_these_pages_is_inline(
    karim: Client, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("eventful")
    keeping.write(martin, Month(2026, 10), MORNING)
    for rest in ("lettres/", "lettres/apercu/", "lettres/2026-10/", "lecons/", "contacts/"):
        html = page(karim, martin, rest)
        assert not re.search(r"<style|style=|onclick|<script(?![^>]*(src=|json))", html)
        assert html.count('class="button primary"') <= 1


@pytest.mark.parametrize("locale", LOCALES, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_translations_are_whole_and_compiled(
    locale: Path, language: str, tmp_path: Path
) -> None:
    source = locale / language / "LC_MESSAGES" / "django.po"
    compiled = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, source], check=True)
    with compiled.open("rb") as fresh, source.with_suffix(".mo").open("rb") as kept:
        assert gettext.GNUTranslations(fresh)._catalog == gettext.GNUTranslations(kept)._catalog
    assert not re.search(r'^msgstr(\[\d\])? ""$(?!\n")', source.read_text(), re.MULTILINE)


@pytest.mark.parametrize("locale", LOCALES, ids=lambda path: path.parent.name)
def test_every_message_of_these_pages_is_translated(locale: Path) -> None:
    folder = locale.parent
    asked = set()
    for file in (*folder.rglob("*.html"), *folder.glob("*.py")):
        asked |= set(re.findall(r'{% translate "(.+?)" %}', file.read_text()))
        asked |= set(re.findall(r'_\("(.+?)"\)', file.read_text()))
        asked |= {
            re.sub(r"{{ (\w+) }}", r"%(\1)s", text)
            for text in re.findall(
                r"{% blocktranslate[^%]*%}(.+?){% endblocktranslate %}", file.read_text()
            )
        }
    assert asked
    desk = Path(letters.__file__).parents[1] / "locale"
    for language in ("fr", "de"):
        known = "".join(
            (place / language / "LC_MESSAGES" / "django.po").read_text()
            for place in (*LOCALES, desk)
        )
        assert [text for text in asked if f'msgid "{text}"' not in known] == []


def test_french_sentences_keep_to_the_register() -> None:
    folders = [place / "fr/LC_MESSAGES/django.po" for place in LOCALES]
    own = Path(letters.__file__).parent / "words.fr.toml"
    lessons_fr = Path(letters.__file__).parents[2] / "knowledge/lessons/words.fr.toml"
    sentences = [
        text
        for file in (*folders, own, lessons_fr)
        for text in re.findall(
            r'^(?:msgstr(?:\[\d\])?|\w+ =) "(.+)"$', file.read_text(), re.MULTILINE
        )
    ]
    assert len(sentences) > 150
    for sentence in sentences:
        assert not re.search(r"(?i)erreur|virus|menace|critique|!", sentence), sentence
        odd = r"[^\u202f][;?]|[^\u00a0]:(?!\w)|«[^\u00a0]|[^\u00a0]»"
        assert not re.search(odd, sentence), sentence
