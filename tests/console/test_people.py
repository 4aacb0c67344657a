"""Roles, invitations, sessions, second factors, and who has looked."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings
from players import Stage, let_in, machine_of
from speaking import now

from vigie.console import embedded, orders, people
from vigie.console.accounts.models import Person, Role, SigningKey
from vigie.console.enrolment import joining
from vigie.console.journal import chain
from vigie.console.journal.models import Entry
from vigie.console.people import colleagues, inviting, seen
from vigie.console.practices import scope
from vigie.console.practices.models import Care, Practice

PASSWORD = "onze phares dans la nuit"
FRENCH = {"Accept-Language": "fr"}


def as_(person: Person) -> Client:
    client = Client(headers=FRENCH)
    client.force_login(person)
    return client


def confirmed(client: Client) -> Client:
    """Have a person show once more who they are, as before what is grave."""
    cache.clear()  # the brake on guessing knows no tests
    sent = {"login": "karim", "password": PASSWORD}
    client.logout()
    assert client.post("/compte/entrer/", sent).status_code == 302
    assert client.post("/compte/confirmer/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def owner(stage: Stage) -> Client:
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    return confirmed(Client(headers=FRENCH))


def invited(stage: Stage, role: Role = Role.READER, *practices: Practice) -> str:
    link = inviting.invite(stage.karim, "Léa", role, practices or [stage.martin], now())
    return link.split("8800", 1)[1]


def come_in(link: str, name: str = "lea") -> int:
    sent = {"username": name, "password": PASSWORD, "again": PASSWORD}
    return int(Client(headers=FRENCH).post(link, sent).status_code)


def place(stage: Stage, rest: str = "") -> str:
    return f"/cabinets/{stage.martin.pseudonym}/{rest}"


def test_the_first_caretaker_is_the_owner_and_only_the_command_line_makes_one(
    stage: Stage,
) -> None:
    roles = [stage.karim.role, stage.anna.role, stage.charlie.role]
    assert roles == [Role.OWNER, Role.CARETAKER, Role.CARETAKER]
    embedded.ensure_caretaker("noor", role="owner")
    assert Person.objects.get(username="noor").invites


def test_an_invitation_lets_one_person_in_once(stage: Stage) -> None:
    link = invited(stage)
    assert come_in(link) == 302
    lea = Person.objects.get(username="lea")
    assert (lea.role, list(lea.practices.all())) == (Role.READER, [stage.martin])
    assert lea.check_password(PASSWORD)
    assert come_in(link, "leo") == 410
    assert not Person.objects.filter(username="leo").exists()


def test_an_invitation_expires_and_can_be_withdrawn(stage: Stage, owner: Client) -> None:
    old = inviting.invite(
        stage.karim, "Léa", Role.READER, [stage.martin], now() - inviting.LIFE - timedelta(1)
    )
    assert come_in(old.split("8800", 1)[1]) == 410
    link = invited(stage)
    number = re.search(r"invitations/(\d+)/", owner.get("/personnes/").content.decode())
    assert number is not None
    owner.post(f"/personnes/invitations/{number[1]}/reprendre/")
    assert come_in(link) == 410


def test_an_invitation_of_somebody_who_was_sent_away_opens_nothing(stage: Stage) -> None:
    link = invited(stage)
    Person.objects.filter(pk=stage.karim.pk).update(is_active=False)
    assert come_in(link) == 410


def test_what_left_the_care_of_who_invited_is_not_given(stage: Stage) -> None:
    link = invited(stage)
    Care.objects.filter(person=stage.karim).delete()
    assert come_in(link) == 302
    assert not Person.objects.get(username="lea").practices.exists()


def test_nobody_invites_to_what_is_not_in_their_care(stage: Stage) -> None:
    for who, role, practices in [
        (stage.karim, Role.READER, [stage.favre]),
        (stage.karim, Role.READER, []),
        (stage.anna, Role.READER, [stage.favre]),
        (stage.karim, Role.DOCTOR, [stage.martin, scope.add_practice([stage.karim], "Dr Roux")]),
    ]:
        with pytest.raises(inviting.CannotInvite):
            inviting.invite(who, "Léa", role, practices, now())


def test_only_an_owner_sees_the_pages_about_people(stage: Stage, owner: Client) -> None:
    assert owner.get("/personnes/").status_code == 200
    assert as_(stage.anna).get("/personnes/").status_code == 403
    sent = {"name": "Léa", "role": "doctor", "practices": [stage.martin.pseudonym]}
    assert as_(stage.anna).post("/personnes/inviter/", sent).status_code == 403
    shown = owner.post("/personnes/inviter/", sent).content.decode()
    link = re.search(r"/invitation/[\w-]+/", shown)
    assert link is not None
    assert come_in(link[0]) == 302
    secret = link[0].split("/")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM people_invitation")
        assert secret not in str(cursor.fetchall())


@pytest.mark.parametrize("role", [Role.READER, Role.DOCTOR])
def test_whoever_may_only_look_changes_nothing(stage: Stage, role: Role) -> None:
    machine = machine_of(let_in(stage.martin, approved=False))
    come_in(invited(stage, role))
    lea = as_(Person.objects.get(username="lea"))
    assert lea.get(place(stage)).status_code == 200
    before = Entry.objects.exclude(body__contains='"seen"').count()
    for address in (
        place(stage, "postes/"),
        place(stage, f"postes/{machine.pseudonym}/accueillir/"),
        place(stage, f"postes/{machine.pseudonym}/refuser/"),
        place(stage, "ordres/signer/"),
        "/cabinets/nouveau/",
        "/personnes/inviter/",
    ):
        assert lea.post(address, {"name": "x"}).status_code == 403
    for address in (place(stage, "ordres/nouveau/"), "/cabinets/nouveau/"):
        assert lea.get(address).status_code == 403
    assert Entry.objects.exclude(body__contains='"seen"').count() == before
    assert lea.post("/langue/", {"language": "de", "next": "/"}).status_code == 302


def test_a_doctor_comes_straight_to_their_one_practice(stage: Stage) -> None:
    come_in(invited(stage, Role.DOCTOR))
    lea = as_(Person.objects.get(username="lea"))
    assert lea.get("/").headers["Location"] == place(stage)
    assert lea.get(f"/cabinets/{stage.favre.pseudonym}/").status_code == 404


def test_machines_pin_the_keys_of_those_who_act_and_of_nobody_else(stage: Stage) -> None:
    come_in(invited(stage, Role.READER))
    lea = Person.objects.get(username="lea")
    for person, public in ((stage.karim, "K" * 43), (lea, "L" * 43)):
        SigningKey.objects.create(person=person, public=public, added_at=now())
    machine = machine_of(let_in(stage.martin))
    assert joining.admission(machine).caretakers == ("K" * 43,)
    Person.objects.filter(pk=stage.karim.pk).update(is_active=False)
    assert joining.admission(machine).caretakers == ()


def test_somebody_sent_away_is_out_at_once(stage: Stage, owner: Client) -> None:
    come_in(invited(stage))
    lea = Person.objects.get(username="lea")
    there = Client(headers=FRENCH)
    there.post("/compte/entrer/", {"login": "lea", "password": PASSWORD})
    assert there.get(place(stage)).status_code == 200
    assert owner.post(f"/personnes/{lea.pk}/eloigner/").status_code == 302
    assert there.get(place(stage)).status_code == 302
    again = there.post("/compte/entrer/", {"login": "lea", "password": PASSWORD}, follow=True)
    assert "Ce compte est fermé." in again.content.decode()
    assert there.get(place(stage)).status_code == 302
    assert '"event":"sent_away"' in Entry.objects.filter(practice=stage.martin).last().body


def test_nobody_sends_away_themselves_or_a_stranger(stage: Stage, owner: Client) -> None:
    assert not colleagues.send_away(stage.karim, stage.karim, now())
    assert not colleagues.send_away(stage.karim, stage.anna, now())
    assert owner.post(f"/personnes/{stage.anna.pk}/eloigner/").status_code == 404
    assert Care.objects.filter(person=stage.anna).exists()


def test_sessions_are_listed_and_each_can_be_ended(stage: Stage, owner: Client) -> None:
    elsewhere = Client(headers={**FRENCH, "User-Agent": "Mozilla/5.0 (Windows NT) Firefox/140.0"})
    elsewhere.post("/compte/entrer/", {"login": "karim", "password": PASSWORD})
    shown = owner.get("/compte/sessions/").content.decode()
    assert "Firefox · Windows" in shown
    number = re.search(r'name="session" value="(\d+)"', shown)
    assert number is not None
    owner.post("/compte/sessions/", {"session": number[1]})
    assert elsewhere.get("/").status_code == 302
    assert owner.get("/").status_code == 200
    elsewhere.post("/compte/entrer/", {"login": "karim", "password": PASSWORD})
    stranger = as_(stage.anna)
    stranger.post("/compte/sessions/", {"session": number[1]})
    assert elsewhere.get("/").status_code == 200
    owner.post("/compte/sessions/")
    assert elsewhere.get("/").status_code == 302


@override_settings(SECOND_FACTOR=True)
def test_no_caretaker_goes_on_without_a_second_factor(stage: Stage) -> None:
    karim = as_(stage.karim)
    for address in ("/", place(stage), place(stage, "ordres/"), "/personnes/"):
        assert karim.get(address).headers["Location"] == "/compte/facteurs/"
    assert karim.post(place(stage, "postes/")).headers["Location"] == "/compte/facteurs/"
    assert karim.get("/compte/facteurs/").status_code == 200
    codes = Authenticator.Type.RECOVERY_CODES
    Authenticator.objects.create(user=stage.karim, type=codes, data={})
    assert karim.get("/").status_code == 302
    Authenticator.objects.create(user=stage.karim, type=Authenticator.Type.TOTP, data={})
    assert karim.get("/").status_code == 200


@override_settings(SECOND_FACTOR=True)
def test_a_doctor_is_not_asked_for_a_second_factor(stage: Stage) -> None:
    come_in(invited(stage, Role.DOCTOR))
    assert as_(Person.objects.get(username="lea")).get(place(stage)).status_code == 200


def test_lost_factors_are_taken_away_at_the_command_line(stage: Stage) -> None:
    Authenticator.objects.create(user=stage.karim, type=Authenticator.Type.TOTP, data={})
    embedded.forget_factors("karim")
    assert not Authenticator.objects.filter(user=stage.karim).exists()


def test_each_view_of_a_practice_is_a_row_of_its_journal(stage: Stage) -> None:
    karim = as_(stage.karim)
    for rest in ("", "journal/", "dangers/ransomware/", "postes/", "ordres/", "regards/"):
        assert karim.get(place(stage, rest)).status_code == 200
    views = [json.loads(row.body) for row in Entry.objects.filter(practice=stage.martin)]
    pages = [view["page"] for view in views if view["event"] == seen.EVENT]
    assert pages == ["practice", "journal", "danger", "machines", "orders", "seen_by"]
    assert {view["by"] for view in views} == {stage.karim.pk}
    assert chain.first_break(stage.martin) is None
    shown = karim.get(place(stage, "regards/")).content.decode()
    assert "karim" in shown
    assert "Un incident" in shown


def test_a_page_that_asks_for_its_own_news_is_one_view(stage: Stage) -> None:
    karim = as_(stage.karim)
    for _ in range(4):
        karim.get(place(stage, "ordres/etat/"))
    assert Entry.objects.filter(practice=stage.martin, body__contains='"seen"').count() == 1


def test_a_stranger_leaves_no_view_and_reads_none(stage: Stage) -> None:
    as_(stage.karim).get(place(stage))
    anna = as_(stage.anna)
    assert anna.get(place(stage)).status_code == 404
    assert anna.get(place(stage, "regards/")).status_code == 404
    assert seen.views_of(stage.anna, stage.martin) == []
    assert Entry.objects.filter(practice=stage.martin).count() == 1


def test_a_view_that_is_written_down_cannot_be_changed_or_removed(stage: Stage) -> None:
    as_(stage.karim).get(place(stage))
    for change in (lambda rows: rows.update(body="{}"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Entry.objects.all())


@pytest.mark.parametrize("app", [orders, people])
def test_french_sentences_keep_to_the_register(app: object) -> None:
    folder = Path(str(app.__file__)).parent / "locale/fr/LC_MESSAGES"  # type: ignore[attr-defined]
    text = (folder / "django.po").read_text()
    sentences = re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', text, re.MULTILINE)
    assert len(sentences) > 40
    for sentence in sentences:
        assert not re.search(r"(?i)erreur|virus|menace|critique|!", sentence)
        assert not re.search(r"[^\u202f][;?]|[^\u00a0]:(?!\w)|«[^\u00a0]|[^\u00a0]»", sentence)
