"""Likeness: a slip, another place, a namesake; and who is simply somebody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.mail import Mailbox
from vigie.knowledge.likeness import Likeness, domain_slip, likeness, provider_meant
from vigie.knowledge.mail_domains import secure, webmail

PAUL = Mailbox("paul.durand@clinique-lilas.fr", "Paul Durand")


@pytest.mark.parametrize(
    ("address", "how"),
    [
        ("paul.duran@clinique-lilas.fr", Likeness.MISTYPED),
        ("paul.druand@clinique-lilas.fr", Likeness.MISTYPED),
        ("pauldurand@clinique-lilas.fr", Likeness.MISTYPED),
        ("paul.durand@clinique-lilas.com", Likeness.MISTYPED),
        ("paul.durand@clinique-liles.fr", Likeness.MISTYPED),
        ("paul.durand@hopital-nord.fr", Likeness.OTHER_DOMAIN),
        ("paul.durand@gmail.com", Likeness.OTHER_DOMAIN),
        ("durand.paul@gmail.com", Likeness.NAMESAKE),
        ("paul.durand@clinique-lilas.fr", Likeness.NONE),
        ("claire.durand@clinique-lilas.fr", Likeness.NONE),
        ("secretariat@clinique-lilas.fr", Likeness.NONE),
        ("paul.martin@gmail.com", Likeness.NONE),
    ],
)
def test_an_unknown_address_comes_near_a_known_one(address: str, how: Likeness) -> None:
    assert likeness(Mailbox(address), PAUL) is how


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("m.durand@x.example", "p.durand@x.example"),
        ("contact@plombier.example", "contact@imprimeur.example"),
        ("dossier12@x.example", "dossier98@x.example"),
        ("ab@x.example", "ac@x.example"),
    ],
)
def test_two_that_look_alike_are_two(one: str, other: str) -> None:
    assert likeness(Mailbox(one), Mailbox(other)) is Likeness.NONE


def test_no_firms_desk_is_at_a_private_provider() -> None:
    desk = Mailbox("compta@plombier.example")
    assert likeness(Mailbox("compta@orange.fr"), desk) is Likeness.OTHER_DOMAIN


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("hotmial.fr", "hotmail.fr"),
        ("wanado.fr", "wanadoo.fr"),
        ("gmail.com", ""),
        ("clinique-lilas.fr", ""),
    ],
)
def test_a_slip_for_a_well_known_provider_is_known(domain: str, meant: str) -> None:
    assert provider_meant(domain) == meant


@given(st.emails(), st.emails())
def test_any_two_addresses_have_an_answer(one: str, other: str) -> None:
    assert likeness(Mailbox(one.lower()), Mailbox(other.lower())) in Likeness
    assert not domain_slip(one, one)


def test_secure_routes_and_private_mailboxes_are_known() -> None:
    assert secure("lyon.mssante.fr")
    assert secure("hin.ch")
    assert not secure("mssante.fr.example")
    assert webmail("orange.fr")
    assert not webmail("chu-lyon.fr")
