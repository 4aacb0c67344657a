"""An export becomes hashes: columns are found in any language, names stay nowhere."""

import pytest

from vigie.knowledge.patients.export import NoPatients, book_of, listed

CSV = "Nom;Prénom;Né le\nTCHOUMI;Zineb;01/02/1960\nLe Goff;Anne-Marie;\nPetit;;\n"


def test_columns_are_found_by_their_titles_in_any_order_and_language() -> None:
    assert list(listed(CSV))[:2] == [("tchoumi", "zineb"), ("le_goff", "anne_marie")]
    assert list(listed("Vorname,Nachname\nBeat,Müller\n")) == [("muller", "beat")]


@pytest.mark.parametrize("export", ["", "a;b\n1;2\n", 'Nom\n"' + "x" * 200_000])
def test_an_export_without_names_is_refused(export: str) -> None:
    with pytest.raises(NoPatients):
        list(listed(export))


def test_the_book_knows_the_patients_and_no_ordinary_word() -> None:
    book, many = book_of(CSV, b"0123456789abcdef")
    assert many == 3
    assert book.knows("zineb", "tchoumi")
    assert book.knows("tchoumi")
    assert not book.knows("petit")
