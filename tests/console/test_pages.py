import gettext
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import translation
from players import Stage, let_in, machine_of
from speaking import Speaker, backup, batch, heartbeat, now, report

from vigie.console import desk, embedded
from vigie.console.accounts.adapter import SealedFactors
from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert
from vigie.console.desk import moments, timeline
from vigie.console.enrolment import joining
from vigie.console.practices.models import State
from vigie.domain.danger import Danger

Tell = Callable[..., dict[str, Any]]
PASSWORD = "quatre phares allumés"
LOCALE = Path(desk.__file__).parents[1] / "locale"


@pytest.fixture
def karim(stage: Stage) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s*<[^>]+>\s*", " ", answer.content.decode())


def place(stage: Stage, rest: str = "") -> str:
    return f"/cabinets/{stage.martin.pseudonym}/{rest}"


def states(client: Client, stage: Stage) -> list[str]:
    html = client.get(place(stage)).content.decode()
    return re.findall(
        r'class="state (\w+)">([^<]+)<', html.split("<tbody>")[1].split("</tbody>")[0]
    )


def test_the_very_first_minute_says_what_to_do(stage: Stage) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.charlie)
    said = text(client, "/")
    assert "Aucun cabinet ne vous est encore confié." in said
    assert "Ajouter un cabinet" in said


def test_without_any_proof_nothing_is_green(karim: Client, stage: Stage) -> None:
    assert states(karim, stage) == [("blind", "Pas encore éprouvé")] * len(Danger)
    let_in(stage.martin)
    assert states(karim, stage) == [("blind", "Pas encore éprouvé")] * len(Danger)


def test_a_danger_is_proven_only_when_every_machine_proved_it(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, accueil.proof("scenes_held", numbers={"scenes": 9}))
    assert states(karim, stage)[0] == ("proven", "Prouvé")
    other = let_in(stage.martin, "Bureau 2")
    assert states(karim, stage)[0] == ("blind", "Pas encore éprouvé")
    assert "sur 1 poste sur 2" in text(karim, place(stage))
    tell(other, other.proof("scenes_held", numbers={"scenes": 9}))
    assert states(karim, stage)[0] == ("proven", "Prouvé")


def test_a_trial_that_was_not_played_proves_nothing_and_accuses_nobody(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, accueil.proof("scenes_held", numbers={"scenes": 9}))
    tell(accueil, accueil.proof("not_built", held=False))
    assert states(karim, stage)[0] == ("blind", "Pas encore éprouvé")
    assert "Personne n’a besoin de vous" in text(karim, "/")


def test_a_good_rehearsal_never_hides_a_failed_restore(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    numbers = {"files": 60, "same": 58}
    tell(accueil, accueil.proof("restore_proven", held=False, numbers=numbers))
    tell(accueil, accueil.proof("scenes_held", numbers={"scenes": 9}))
    assert states(karim, stage)[0] == ("to_do", "À faire")
    assert "58 fichiers sur 60" in text(karim, place(stage))


def test_an_expired_proof_and_a_blind_sensor_are_never_green(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    old = now() - 30 * timeline.HORIZON / 30
    tell(accueil, accueil.proof(at=old, numbers={"scenes": 9}))
    assert states(karim, stage)[0] == ("blind", "Preuve expirée")
    tell(accueil, accueil.proof(numbers={"scenes": 9}), report("sensor_blind"))
    assert states(karim, stage)[0] == ("blind", "À l’aveugle")


def test_the_desk_says_who_needs_somebody_today_in_one_sentence(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    assert "Personne n’a besoin de vous aujourd’hui." in text(karim, "/")
    tell(accueil, report("sensor_blind"))
    said = text(karim, "/")
    assert "Aujourd’hui, 1 cabinet a besoin de vous." in said
    assert "Un capteur ne voit plus" in said
    alert = Alert.objects.get()
    answer = karim.post(place(stage, f"affaires/{alert.pk}/regler/"))
    assert answer.status_code == 302
    assert "Personne n’a besoin de vous aujourd’hui." in text(karim, "/")


def test_a_machine_is_let_in_by_its_fingerprint_and_turned_away(
    karim: Client, stage: Stage
) -> None:
    shown = karim.post(place(stage, "postes/")).content.decode()
    assert len(set(re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", shown))) == 1
    machine = machine_of(let_in(stage.martin, approved=False))
    assert machine.fingerprint in text(karim, place(stage, "postes/"))
    assert machine.fingerprint in text(karim, place(stage, "postes/en-attente/"))
    door = place(stage, f"postes/{machine.pseudonym}/")
    karim.post(f"{door}accueillir/", {"name": ""})
    machine.refresh_from_db()
    assert machine.state == State.WAITING
    karim.post(f"{door}accueillir/", {"name": "Accueil"})
    machine.refresh_from_db()
    assert (machine.state, machine.name) == (State.APPROVED, "Accueil")
    karim.post(f"{door}refuser/")
    machine.refresh_from_db()
    assert machine.state == State.REVOKED
    assert not joining.revoke(machine, now())


def test_what_the_caretaker_typed_is_shown_as_text(karim: Client, stage: Stage) -> None:
    machine = machine_of(let_in(stage.martin, approved=False))
    sent = {"name": "<script>x</script>"}
    karim.post(place(stage, f"postes/{machine.pseudonym}/accueillir/"), sent)
    assert "<script>x" not in karim.get(place(stage)).content.decode()


def test_thirty_nights_are_a_picture(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    assert "Aucun poste n’a encore parlé de ses sauvegardes." in text(karim, place(stage))
    tell(accueil, backup(now()), accueil.proof("restore_proven", numbers={"files": 60}))
    html = karim.get(place(stage)).content.decode()
    assert html.count('<g class="') == timeline.NIGHTS
    assert "1 nuit sauvegardée sur les 30 dernières" in html
    assert "1 restauration d’essai" in html


def test_the_history_and_the_journal_are_pages(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, report("sensor_blind"), accueil.proof(numbers={"scenes": 9}))
    said = text(karim, place(stage, "dangers/ransomware/"))
    assert "9 scènes jouées" in said
    assert "Un capteur ne voit plus" in said
    assert "2 éléments ont été gardés." in text(karim, place(stage, "journal/"))
    assert karim.get(place(stage, "dangers/plague/")).status_code == 404


def test_nothing_on_a_page_is_inline_and_headers_say_so(karim: Client, stage: Stage) -> None:
    let_in(stage.martin, approved=False)
    for address in ("/", place(stage), place(stage, "postes/"), "/compte/facteurs/"):
        answer = karim.get(address)
        html = answer.content.decode()
        assert not re.search(r"<style|style=|onclick|<script(?![^>]*(src=|json))", html)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert (
            answer.headers["Cache-Control"] == "no-store"
            or "no-store" in answer.headers["Cache-Control"]
        )


def test_there_is_one_primary_button_a_page(karim: Client, stage: Stage, accueil: Speaker) -> None:
    assert accueil
    let_in(stage.martin, approved=False)
    for address in ("/", place(stage), place(stage, "postes/"), "/cabinets/nouveau/"):
        assert karim.get(address).content.decode().count('class="button primary"') <= 1


def test_nobody_signs_up_and_a_wrong_password_stays_out(stage: Stage) -> None:
    assert Client().get("/compte/creer/").status_code == 404
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    client = Client(headers={"Accept-Language": "fr"})
    sent = {"login": "karim", "password": "autre chose"}
    assert client.post("/compte/entrer/", sent).status_code == 200
    assert client.get("/").status_code == 302
    assert client.post("/compte/entrer/", {**sent, "password": PASSWORD}).status_code == 302
    assert client.get("/").status_code == 200


def test_the_first_password_is_set_by_a_link_that_works_once() -> None:
    link = embedded.ensure_caretaker("lea", full_name="Léa")
    assert embedded.ensure_caretaker("lea") != ""
    client = Client(headers={"Accept-Language": "fr"})
    address = link.split("8800", 1)[1]
    form = client.get(address, follow=True)
    assert "Choisir votre mot de passe" in form.content.decode()
    at = form.redirect_chain[-1][0]
    sent = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(at, sent).status_code == 302
    assert Person.objects.get(username="lea").check_password(PASSWORD)
    assert (
        "Ce lien a déjà servi"
        in Client(headers={"Accept-Language": "fr"}).get(address, follow=True).content.decode()
    )
    assert embedded.ensure_caretaker("lea") == ""


def test_second_factors_are_sealed_and_outlive_a_new_key() -> None:
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        sealed = SealedFactors().encrypt("totp secret")
    assert "totp" not in sealed
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert SealedFactors().decrypt(sealed) == "totp secret"


@pytest.mark.parametrize(
    ("language", "day", "hour"),
    [
        ("fr", "lundi 23\u00a0novembre", "8\u00a0h\u00a012"),
        ("de", "Montag, 23.\u00a0November", "8:12\u00a0Uhr"),
        ("en", "Monday 23\u00a0November", "8:12"),
    ],
)
def test_dates_are_written_as_people_read_them(language: str, day: str, hour: str) -> None:
    at = now().replace(year=2026, month=11, day=23, hour=7, minute=12)
    with translation.override(language):
        assert moments.day(at, "Europe/Paris", at) == day
        assert moments.hour(at, "Europe/Paris") == hour


@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_translations_are_whole_and_compiled(language: str, tmp_path: Path) -> None:
    source = LOCALE / language / "LC_MESSAGES" / "django.po"
    compiled = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, source], check=True)
    with compiled.open("rb") as fresh, source.with_suffix(".mo").open("rb") as kept:
        assert gettext.GNUTranslations(fresh)._catalog == gettext.GNUTranslations(kept)._catalog
    assert not re.search(r'^msgstr(\[\d\])? ""$(?!\n")', source.read_text(), re.MULTILINE)


def test_french_sentences_keep_to_the_register() -> None:
    sentences = re.findall(
        r'^msgstr(?:\[\d\])? "(.+)"$',
        (LOCALE / "fr/LC_MESSAGES/django.po").read_text(),
        re.MULTILINE,
    )
    assert len(sentences) > 100
    for sentence in sentences:
        assert not re.search(r"(?i)erreur|virus|menace|critique|!", sentence)
        assert not re.search(r"[^\u202f][;?]|[^\u00a0]:(?!\w)|«[^\u00a0]|[^\u00a0]»", sentence)


def test_other_languages_are_spoken(karim: Client, stage: Stage) -> None:
    assert karim.post("/langue/", {"language": "de", "next": "/"}).status_code == 302
    assert "Heute braucht Sie niemand." in text(karim, "/")
    assert "Eine falsche Rechnung" in text(karim, place(stage))


def test_a_batch_as_large_as_allowed_is_read(accueil: Speaker, client: Client) -> None:
    body = batch(*(heartbeat() for _ in range(500)))
    headers = accueil.headers("/api/agent/v1/reports", body)
    answer = client.post(
        "/api/agent/v1/reports", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 200
