"""What a text says of people: in every hand it is written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.writing import Kind
from vigie.knowledge.writing import LONGEST, TooLong, masked, search


def seen(text: str) -> list[tuple[str, str]]:
    return [(mark.kind.value, text[mark.start : mark.end]) for mark in search(text)]


def test_a_forum_post_is_seen_as_a_reader_sees_it() -> None:
    text = (
        "Bonjour, Mme Lefèvre, 54 ans, habite 12 rue des Lilas, 38710 Mens. Suivie au CHU de "
        "Grenoble par le Dr Karim Benali pour une maladie de Horton, sous Cortancyl."
    )
    assert seen(text) == [
        ("name", "Lefèvre"),
        ("age", "54 ans"),
        ("address", "12 rue des Lilas"),
        ("postcode", "38710"),
        ("town", "Mens"),
        ("town", "Grenoble"),
        ("name", "Karim Benali"),
    ]


def test_a_message_without_capitals_or_accents_is_seen_too() -> None:
    text = "jai vu karim benali ce matin, 34 ans, de grenoble, sa femme julie attend le dr durand"
    assert seen(text) == [
        ("name", "karim benali"),
        ("age", "34 ans"),
        ("town", "grenoble"),
        ("name", "julie"),
        ("name", "durand"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Une maladie de Basedow sous Néomercazole, TSH à 0,02 : quel rythme ?",
        "Score de Glasgow à 15, Romberg négatif, Lasègue à 40°.",
        "Syndrome de Gougerot-Sjögren, fracture de Pouteau-Colles ?",
        "TA 12/8, EVA 3/10, acuité 10/10, fracture L4-L5, dose 1/2 cp.",
        "Suivi depuis 10 ans, revoir dans 3 mois, il y a 2 ans.",
        "Le Vidal dit 3 prises par jour, Prescrire dit 2.",
    ],
)
def test_eponyms_drugs_scores_and_spans_of_time_are_nobody(text: str) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("NIR 2 60 03 38 185 123 45", "nir", "2 60 03 38 185 123 45"),
        ("sécu : 1.49.06.87.085.012.43", "nir", "1.49.06.87.085.012.43"),
        ("n° de sécu 26O0338185l2345", "nir", "26O0338185l2345"),
        ("AVS 756.9217.0769.85", "avs", "756.9217.0769.85"),
        ("NISS 85.07.30-033.28", "niss", "85.07.30-033.28"),
        ("matricule 1962 03 15 123 45", "matricule", "1962 03 15 123 45"),
        ("RPPS 10003456781", "rpps", "10003456781"),
        ("ADELI 389312345", "adeli", "389312345"),
        ("FINESS 380780080", "finess", "380780080"),
        ("IPP 00847213", "record", "00847213"),
        ("dossier n° 2024-1234", "record", "2024-1234"),
        ("FR76 3000 6000 0112 3456 7890 189 merci", "iban", "FR76 3000 6000 0112 3456 7890 189"),
        ("carte 4970 1000 0000 0014", "card", "4970 1000 0000 0014"),
        ("SIRET 732 829 320 00074", "siret", "732 829 320 00074"),
        ("voiture GH-482-KL", "plate", "GH-482-KL"),
        ("plaque VD 123456", "plate", "VD 123456"),
        ("au 06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("Son fils Bernard (06 12 34 56 78) est là.", "phone", "06 12 34 56 78"),
        ("tél O1.42.68.53.00", "phone", "O1.42.68.53.00"),
        ("natel 079 312 44 87", "phone", "079 312 44 87"),
        ("+352 621 123 456", "phone", "+352 621 123 456"),
        ("jean.dupont@gmail.com", "mail", "jean.dupont@gmail.com"),
        ("jean point dupont arobase free point fr", "mail", "jean point dupont arobase free point fr"),
        ("https://exemple.fr/p/123.", "url", "https://exemple.fr/p/123"),
        ("née le 12/03/1960", "birth_date", "12/03/1960"),
        ("geb. 7. Mai 1948", "birth_date", "7. Mai 1948"),
        ("le douze mars deux mille vingt", "date", "douze mars deux mille vingt"),
        ("on March 3rd, 2025", "date", "March 3rd, 2025"),
        ("vu le 12/03", "date", "12/03"),
        ("a 58-jährig patient", "age", "58-jährig"),
        ("bébé de 3 mois", "age", "3 mois"),
        ("rue de la Loi 16, Bruxelles", "address", "rue de la Loi 16"),
        ("an der Bahnhofstrasse 12 in Bern", "address", "Bahnhofstrasse 12"),
    ],
)  # fmt: skip
def test_every_kind_is_known_in_the_form_people_write_it(text: str, kind: str, what: str) -> None:
    assert (kind, what) in seen(text)


def test_an_identifier_with_a_slip_of_the_keyboard_is_still_one() -> None:
    assert seen("NIR 2 60 03 38 185 123 46")[0][0] == "nir"
    assert seen("AVS 756.9217.0769.84")[0][0] == "avs"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mme D. est venue", "D."),
        ("le petit Théo tousse", "Théo"),
        ("M. de La Fressange", "de La Fressange"),
        ("R. B., 38 ans, céphalées", "R. B."),
        ("la famille Le Goff", "Le Goff"),
        ("Patient DUBREUIL Monique vu", "DUBREUIL Monique"),
        ("chez Blanc, le garagiste", "Blanc"),
        ("Herr Müller kam", "Müller"),
        ("Mrs Whitcombe fell", "Whitcombe"),
    ],
)
def test_titles_initials_particles_and_capitals_make_a_name(text: str, name: str) -> None:
    assert ("name", name) in seen(text)


def test_who_was_named_once_is_known_everywhere() -> None:
    text = "J'ai vu Mme Abgrall. Abgrall tousse, rappelez Abgrall demain."
    assert [what for kind, what in seen(text) if kind == "name"] == ["Abgrall"] * 3


def test_a_signature_is_told_apart_from_a_patient() -> None:
    marks = search("Avis pour Mme Joubert ?\nCordialement, Sophie")
    assert [mark.signs for mark in marks if mark.kind is Kind.NAME] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "Mme Du\u200bpo\u200bnt est là",
        "Mme Duроnt est là",  # Cyrillic о and р
        "<p>Mme <b>Du</b>pont</p> est là",
        "Mme D&#117;pont est là",
        "\u202eMme\u202c Dupont est là",
        "Mme 𝐃𝐮𝐩𝐨𝐧𝐭 est là",
        "Mme Ｄｕｐｏｎｔ est là",
    ],
)
def test_tricks_of_writing_hide_nobody(text: str) -> None:
    marks = [mark for mark in search(text) if mark.kind is Kind.NAME]
    assert len(marks) == 1
    assert masked(text, marks).count("X") == 1
    assert text[marks[0].end :].startswith((" est", "</p>"))


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(TooLong):
        search("a" * (LONGEST + 1))


_PIECES = st.sampled_from(
    ["Mme ", "Durand", "é", "e\u0301", "\u200b", "<b>", "&eacute;", "06 12 34 56 78", "@", "12/03/1960 ",
     " à ", "Mens", ", ", "54 ans", "\n", "Ж", "😀", "rue de ", "l'", "-", ".", "x@y.fr"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_marks_are_in_order_apart_and_inside_the_text(text: str) -> None:
    at = 0
    for mark in search(text):
        assert at <= mark.start < mark.end <= len(text)
        at = mark.end


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(text: str) -> None:
    assert all(mark.end <= len(text) for mark in search(text))
