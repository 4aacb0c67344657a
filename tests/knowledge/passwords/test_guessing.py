"""What people choose is found soon; what nobody chose is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.guards.exposed_password.by_strength import GUESSABLE
from vigie.knowledge.passwords.defaults import delivered_with
from vigie.knowledge.passwords.guessing import guess

PRACTICE = ("Cabinet des Tilleuls", "Dr Anne-Marie Favre")


@pytest.mark.parametrize(
    "password",
    [
        *("Printemps2026", "Soleil2024!", "motdepasse1234", "azertyuiop123", "qsdfghjklm!!"),
        *("Elodie1985*", "medecin34000", "Bienvenue2026!", "marseille13013", "chouchou2010"),
        *("P@ssw0rd2026!", "Doctolib2026", "janvier2026!!", "aqwzsxedc123", "secretariat01"),
    ],
)
def test_what_a_practice_chooses_is_found_soon(password: str) -> None:
    assert guess(password).magnitude < GUESSABLE


@pytest.mark.parametrize(
    "password",
    ["violon tracteur merle nuage", "xK8#qLp29vTz", "gP4xkqbw93mn", "bamilo-fetuda-tozaki"],
)
def test_what_nobody_chose_is_not(password: str) -> None:
    assert guess(password).magnitude >= GUESSABLE


@pytest.mark.parametrize(
    "password", ["Tilleuls2025", "favre69003", "cabinetdestilleuls", "T1lleuls!"]
)
def test_the_name_on_the_door_is_tried_first(password: str) -> None:
    alone, known = guess(password), guess(password, PRACTICE)
    assert known.own
    assert not alone.own
    assert known.magnitude <= alone.magnitude


@given(st.text(max_size=40), st.sampled_from(PRACTICE))
def test_knowing_more_never_makes_it_harder(password: str, name: str) -> None:
    assert guess(password, [name]).magnitude <= guess(password).magnitude


def test_a_very_long_one_is_judged_by_its_beginning() -> None:
    assert guess("a" * 4096).magnitude == guess("a" * 72).magnitude


def test_a_practice_leaves_nothing_behind_for_the_next() -> None:
    guess("Tilleuls2025", PRACTICE)
    assert not guess("Tilleuls2025").own


@pytest.mark.parametrize(
    ("password", "product"),
    [("masterkey", "Firebird"), ("ORTHANC", "Orthanc"), ("initpass", "Brother")],
)
def test_what_it_came_with_is_known(password: str, product: str) -> None:
    assert product in delivered_with(password)


def test_most_passwords_came_with_nothing() -> None:
    assert delivered_with("violon tracteur merle nuage") == ""
