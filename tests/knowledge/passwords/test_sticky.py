import pytest

from vigie.knowledge.passwords.sticky import logins, passwords


@pytest.mark.parametrize(
    "lines",
    [
        ["mdp : Soleil2024!"],
        ["accueil", "azerty123"],
        ["login admin", "mdp Medoc#77"],
        ["Code Windows", "lilas2023"],
        ["Wifi Wifi-5421"],
        ["mot de passe", "P4ssword"],
        ["ID: docteur", "PW: Toubib38!"],
        ["Doctolib", "accueil@cabinet.example", "Sesame44"],
        ["mdq Cabinet69"],  # misread
        ["Passwort: Praxis2024"],
        ["wifi : invite-8812"],
    ],
)
def test_a_password_on_a_note_is_recognised(lines: list[str]) -> None:
    assert passwords(lines) >= 1


@pytest.mark.parametrize(
    "lines",
    [
        ["rappeler Mme Roux", "06 12 34 56 78"],
        ["réunion jeudi 14 h", "salle 2"],
        ["pain, lait, œufs"],
        ["commander gants M", "ramette A4"],
        ["RDV dentiste 12/03/2026"],
        ["Doliprane 1000 mg x3"],
        ["anniversaire de Zoé le 3"],
        ["appeler le labo", "HbA1c 8,1 %"],
        ["code de la route"],
        [],
        ["", "  "],
    ],
)
def test_errands_are_no_passwords(lines: list[str]) -> None:
    assert passwords(lines) == 0


def test_a_login_is_a_short_line_that_names_an_account() -> None:
    assert logins(["login : accueil"]) == 1
    assert logins(["identifiant martin", "appeler le labo"]) == 1
    assert logins(["rappeler Mme Roux au sujet de son compte"]) == 0
