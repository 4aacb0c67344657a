"""Which lines hold passwords: those people write, and not those that only speak of passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.secrets import Secret
from vigie.knowledge.passwords.labels import flat, named
from vigie.knowledge.passwords.notes import MOST, entries


def lines(text: str, stem: str = "memo") -> list[Secret]:
    return entries([[line] if line else [] for line in text.split("\n")], stem)


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("Mot de passe : Soleil2024!", "Soleil2024!"),
        ("mdp = azerty", "azerty"),
        ("MDP doctolib Soleil2024!", "Soleil2024!"),
        ("clé wifi: 8F3A22BC91", "8F3A22BC91"),
        ("Code alarme : 4521", "4521"),
        ("le mot de passe de la compta est Cabinet69!", "Cabinet69!"),
        ("Passwort: Sommer2024", "Sommer2024"),
        ("Mot de passe du Wi-Fi invités : bonjour-a-tous", "bonjour-a-tous"),
        ("phrase de passe : violon tracteur merle nuage", "violon tracteur merle nuage"),
        ("Identifiant : lea Mot de passe : Soleil24 Remarque : changer", "Soleil24"),
        ("Identifiant\nlea\nMot de passe\nSoleil24", "Soleil24"),
        ("password -> tr0ub4dor", "tr0ub4dor"),
        ("Mot de passe : « merle moqueur »", "merle moqueur"),
    ],
)
def test_what_people_write_down_is_found(text: str, password: str) -> None:
    assert [entry.password for entry in lines(text)] == [password]


@pytest.mark.parametrize(
    "text",
    [
        "Votre mot de passe doit comporter au moins 12 caractères.",
        "Le mot de passe est personnel et confidentiel.",
        "Mot de passe oublié ? Cliquez ici : https://exemple.fr",
        "Mot de passe : à changer tous les 90 jours",
        "Mot de passe : ____________",
        "Mot de passe : ********",
        "Code postal : 69003",
        "Code CCAM : HBQK002",
        "Mot de passe : voir avec Karim",
        "Le mot de passe de M. Durand est changé le 12/03/2024",
        "Mot de passe : 12 caractères minimum",
        "Password: required",
        "Cher confrère, je vous adresse M. X, 54 ans, HbA1c 8,1 %, Doliprane 500mg.",
        "Le mot de passe vous sera envoyé par SMS à 8h30.",
        "Identifiant : lea@cabinet.example",
        "Mot de passe : dans le coffre",
        "L'os pisiforme ; pin parasol : 12 m",
    ],
)
def test_what_only_speaks_of_passwords_is_left_alone(text: str) -> None:
    assert lines(text) == []


def test_an_entry_says_where_and_who() -> None:
    (entry,) = lines("Doctolib\nIdentifiant : lea@cabinet.example\nMot de passe : Soleil24")
    assert entry == Secret(place="Doctolib", login="lea@cabinet.example", password="Soleil24")


def test_a_file_that_is_named_so_needs_no_labels() -> None:
    text = "Doctolib lea@cabinet.example Soleil2024!\nAmeli 123456 Printemps+7"
    assert [entry.place for entry in lines(text, "mdp cabinet")] == ["Doctolib", "Ameli"]
    assert lines(text, "courrier") == []


@pytest.mark.parametrize("stem", ["mdp", "Mots de passe", "MOTDEPASSE_2024", "codes", "Passwörter"])
def test_names_that_say_so(stem: str) -> None:
    assert named(stem)


@pytest.mark.parametrize("stem", ["codes ccam", "codes postaux", "courrier", "passeport", "rampe"])
def test_names_that_do_not(stem: str) -> None:
    assert not named(stem)


def test_a_table_is_read_by_its_heading() -> None:
    table = [
        ["Site", "Identifiant", "Mot de passe", "Remarque"],
        ["Ameli", "lea", "Toto12", "le lundi"],
        ["Doctolib", "a@b.example", "soleil", ""],
        ["Banque", "", "voir coffre", ""],
    ]
    assert entries(table, "classeur") == [
        Secret(place="Ameli", login="lea", password="Toto12"),
        Secret(place="Doctolib", login="a@b.example", password="soleil"),
    ]


def test_a_label_and_its_value_may_lie_in_two_cells() -> None:
    assert [
        e.password for e in entries([["Mot de passe", "Soleil24"], ["", "mdp", "abcd1234"]])
    ] == [
        "Soleil24",
        "abcd1234",
    ]


def test_a_list_without_end_is_cut() -> None:
    assert len(lines("\n".join(f"mdp : Secret{n}" for n in range(2 * MOST)))) == MOST


@given(st.text(max_size=200))
def test_a_flat_text_keeps_its_length(text: str) -> None:
    assert len(flat(text)) == len(text)


@given(st.lists(st.lists(st.text(max_size=60), max_size=4), max_size=8), st.text(max_size=12))
def test_any_rows_have_an_answer(rows: list[list[str]], stem: str) -> None:
    for entry in entries(rows, stem):
        assert entry.password
