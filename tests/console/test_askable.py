"""From a line of the desk to the order that answers it: the page of the order is filled in."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from msgspec.structs import replace
from players import Stage
from speaking import Speaker, now, report

from vigie.console.accounts.models import Person, Role
from vigie.console.alerts.models import Alert, Kind
from vigie.console.alerts.opening import Matter, raise_all
from vigie.console.practices.models import Machine
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed, Result
from vigie.wire import orders as wire
from vigie.wire.reports import OutcomeWord

Tell = Callable[..., dict[str, Any]]
PASSWORD = "onze phares dans la nuit"


@pytest.fixture
def karim(stage: Stage) -> Client:
    cache.clear()  # the brake on guessing knows no tests
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    client = Client(headers={"Accept-Language": "fr"})
    client.post("/compte/entrer/", {"login": "karim", "password": PASSWORD})
    client.post("/compte/confirmer/", {"password": PASSWORD})
    return client


def asks(client: Client, alert: Alert) -> dict[str, str]:
    """Return what the page of a matter lets ask for: what stands on it, and where it leads."""
    page = client.get(f"/cabinets/{alert.practice.pseudonym}/affaires/{alert.pk}/")
    found = re.findall(
        r'class="button" href="([^"]+/ordres/[^"]+)">([^<]+)<', page.content.decode()
    )
    return {said: unescape(address) for address, said in found}


def wish(client: Client, address: str) -> wire.Wish:
    """Return the wish that stands on the page of an order, ready to be signed."""
    page = client.get(address).content.decode()
    body = re.search(r"<pre><code>([^<]+)</code>", page)
    assert body is not None, page
    return wire.decode(unescape(body[1])).wish


def test_what_was_put_aside_is_two_clicks_from_the_desk(
    karim: Client, accueil: Speaker, tell: Tell
) -> None:
    held = OutcomeWord(deed=Deed.HOLD, result=Result.DONE, at=now())
    told = report("program_disguised", danger=Danger.TROJAN_DOCUMENT, gravity=Gravity.ALARM)
    told = replace(told, outcomes=(held,))
    tell(accueil, told)
    offered = asks(karim, Alert.objects.get())
    assert list(offered) == ["Le rendre", "Le détruire"]
    assert wish(karim, offered["Le rendre"]) == wire.ReleaseHeld(report=told.id)
    assert wish(karim, offered["Le détruire"]) == wire.DestroyHeld(report=told.id)


def test_a_key_is_answered_about_by_a_person(karim: Client, accueil: Speaker, tell: Tell) -> None:
    tell(accueil, report("key_unknown", danger=Danger.STRAY_USB_KEY, numbers={"key": 4}))
    (address,) = asks(karim, Alert.objects.get()).values()
    page = karim.get(address).content.decode()
    assert re.search(r'<input[^>]+name="key"[^>]+value="4"[^>]+checked', page), page
    assert "<pre><code>" not in page  # how it comes in is not decided for them
    allowed = wish(karim, f"{address}&chosen=1&leave=always")
    assert allowed == wire.AllowKey(key=4, leave=wire.Leave.ALWAYS)


def test_what_was_not_proven_can_be_asked_for(
    karim: Client, stage: Stage, accueil: Speaker
) -> None:
    machine = Machine.objects.get(pseudonym=accueil.pseudonym)
    about = {"practice_id": stage.martin.pk, "machine": machine}
    lapsed = Matter(kind=Kind.PROOF_EXPIRED, danger=Danger.PHOTO_LEAK, **about)
    raise_all([Matter(kind=Kind.NO_SNAPSHOT, numbers={"hours": 30}, **about), lapsed], now())
    found = [wish(karim, link) for a in Alert.objects.all() for link in asks(karim, a).values()]
    again = wire.Rehearse(dangers=(Danger.PHOTO_LEAK,))
    assert sorted(found, key=repr) == [wire.BackUpNow(), again]


def test_whoever_only_reads_is_offered_nothing(stage: Stage, accueil: Speaker, tell: Tell) -> None:
    tell(accueil, report("prints_for_anybody", danger=Danger.OPEN_PRINTER, gravity=Gravity.ALARM))
    alert = Alert.objects.get()
    doctor = Person.objects.create_user("lea", password=PASSWORD, role=Role.DOCTOR)
    doctor.practices.add(stage.martin)
    client = Client()
    client.force_login(doctor)
    assert asks(client, alert) == {}
    practice = client.get(f"/cabinets/{stage.martin.pseudonym}/").content.decode()
    assert f'href="/cabinets/{stage.martin.pseudonym}/lettres/"' in practice
    assert f'href="/cabinets/{stage.martin.pseudonym}/postes/"' not in practice
    client.force_login(stage.karim)
    assert len(asks(client, alert)) == 1
