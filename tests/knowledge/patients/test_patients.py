"""Patients: numbers by their check digits, names where letters write them, and no hostile text."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.mail import Attachment, Mailbox, Message
from vigie.domain.evidence.structure import Kind
from vigie.knowledge.patients import of_message, patients, same_patient
from vigie.knowledge.patients.names import named, named_in_file, named_in_title
from vigie.knowledge.patients.numbers import insurance_numbers
from vigie.knowledge.patients.words import births, forms, medical_words

LONG = 200_000


def message(**said: object) -> Message:
    return Message(digest="0", size=1, sender=Mailbox("dr@cabinet.example"), **said)  # type: ignore[arg-type]  # by name


def paper(name: str, text: str = "") -> Attachment:
    return Attachment(name=name, kind=Kind.PDF, size=1, digest="0", text=text)


def nir(body: str) -> str:
    digits = int(body.replace("2A", "19").replace("2B", "18"))
    return f"{body}{97 - digits % 97:02d}"


@pytest.mark.parametrize(
    "body", ["2600375116089", "1850699123456", "260032A116089", "185062B123456"]
)
def test_a_french_number_is_one_by_its_key(body: str) -> None:
    right = nir(body)
    wrong = right[:-2] + f"{(int(right[-2:]) % 97) + 1:02d}"
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    spaced = " ".join(right[i:j] for i, j in pairwise(cuts))
    assert insurance_numbers(f"NIR : {spaced}.") == (right,)
    assert insurance_numbers(f"NIR : {wrong}.") == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("AVS 756.9217.0769.85", 1),
        ("AVS 756.9217.0769.84", 0),
        ("NISS 85.07.30-033.28", 1),
        ("NISS 85.07.30-033.29", 0),
        ("Tél. 04 78 12 34 56 ou 06 12 34 56 78", 0),
        ("IBAN FR76 3000 6000 0112 3456 7890 189", 0),
    ],
)
def test_other_numbers_are_held_to_their_check_digits(text: str, count: int) -> None:
    assert len(insurance_numbers(text)) == count


@given(st.integers(10**12, 9 * 10**12))
def test_few_numbers_by_chance_are_insurance_numbers(number: int) -> None:
    for found in insurance_numbers(f"{number:015d}"):
        assert len(found) in (11, 13, 15)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Patient : Jean DUPONT\n", "Jean DUPONT"),
        ("Votre patiente, Madame Marie Le Goff, a été vue.", "Marie Le Goff"),
        ("Je vous adresse Mme Claire DURAND pour avis.", "Claire DURAND"),
        ("Claire DURAND, née le 12/03/1960", "Claire DURAND"),
        ("Nom : MARTIN Prénom : Paul", "MARTIN Paul"),
        ("Patient: Hans Müller", "Hans Müller"),
        ("Ihre Patientin Frau Anna Keller", "Anna Keller"),
        ("Your patient Mrs Jane Smith was seen", "Jane Smith"),
        ("Paziente: Mario Rossi", "Mario Rossi"),
        ("le patient BERNARD Louis sera revu", "BERNARD Louis"),
    ],
)
def test_a_patient_is_named_where_letters_name_them(text: str, name: str) -> None:
    assert named(text) == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "Merci de votre patience. Nous vous rappelons.",
        "The patient approach works best.",
        "Patient Care Center",
        "Bonjour Madame Durand,\nvotre rendez-vous est confirmé.",
        "Compte rendu de la réunion de service",
    ],
)
def test_what_is_no_patient_is_not_named(text: str) -> None:
    assert named(text) == ()


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("CR_DURAND_Claire.pdf", ("DURAND Claire",)),
        ("Courrier Claire DURAND.pdf", ("Claire DURAND",)),
        ("CR_scanner_Thorax_2024.pdf", ()),
        ("IRM_Genou.pdf", ()),
        ("scan0012.pdf", ()),
    ],
)
def test_a_file_is_named_after_a_patient_or_not(file: str, names: tuple[str, ...]) -> None:
    assert named_in_file(file) == names


def test_a_title_and_a_name_are_enough_in_a_subject() -> None:
    assert named_in_title("CR Mme DURAND Claire") == ("DURAND Claire",)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mme Durand", "DURAND Claire", True),
        ("Claire DURAND", "DURAND Claire", True),
        ("Claire DURAND-PETIT", "Petit Claire", True),
        ("Claire Durand", "Claire Durant", True),
        ("Paul Durand", "Claire Durand", False),
        ("Jeanne Petit", "Louis Bernard", False),
    ],
)
def test_two_names_are_one_person_or_not(one: str, other: str, same: bool) -> None:  # noqa: FBT001  (an example)
    assert same_patient(one, other) is same
    assert same_patient(other, one) is same


def test_a_report_is_data_of_a_patient_and_an_invoice_is_not() -> None:
    report = "Compte rendu de consultation de Mme Claire DURAND. Diagnostic : diabète."
    assert of_message(message(text=report)).of_a_patient
    assert not of_message(
        message(text="Veuillez trouver la facture du scanner de bureau.")
    ).of_a_patient
    assert not of_message(
        message(text="Traitement de texte, diagnostic du réseau, vaccin contre les pannes")
    ).of_a_patient


def test_words_of_health_are_counted_only_where_somebody_is_spoken_of() -> None:
    alone = of_message(message(text="Ordonnance : diabète, cholestérol, hypertension."))
    assert (alone.somebody, alone.forms, alone.words) == (False, 0, 0)
    about = of_message(
        message(text="Compte rendu de consultation de Mme Claire DURAND. Diabète, cholestérol.")
    )
    assert about.somebody
    assert about.forms == 1
    assert about.words >= 2


def test_an_attachment_counts_as_what_the_message_says() -> None:
    found = message(text="Voici.", attachments=(paper("CR_DURAND_Claire.pdf", "Ordonnance"),))
    assert of_message(found).of_a_patient
    assert patients(found) == (("DURAND Claire", "CR_DURAND_Claire.pdf"),)


def test_the_words_of_five_languages_are_known() -> None:
    assert forms("Arztbericht, discharge summary, referto, ontslagbrief, ordonnance") == 5
    assert medical_words("Diagnose: Krebs. Treatment: 500 mg. Gravidanza. Bloeddruk.") >= 5
    assert births("née le 12/03/1960, geb. 4.5.1971, born 1 May 1980") == 3


HOSTILE = [
    "A",
    "a",
    "1",
    " ",
    "-",
    "Mme ",
    "A'",
    "Aa ",
    "de ",
    "1 ",
    "Patient : A ",
    "né le ",
    "É",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * LONG)[:LONG]
    began = time.process_time()
    of_message(
        message(subject=text[:1000], text=text, attachments=(paper("x.pdf", text[:20_000]),))
    )
    assert time.process_time() - began < 5  # a loaded machine; alone it is a tenth of it


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    assert of_message(message(text=text)).names >= 0
    assert isinstance(patients(message(text=text, subject=text)), tuple)
