"""The practice's own patients: matched in any hand, readable in none."""

import pytest

from vigie.knowledge.patients.book import bound, unpacked
from vigie.knowledge.writing import search

SALT = b"0123456789abcdef"
BOOK = bound([("tchoumi", "zineb"), ("petit", "marie_claude")], SALT, ordinary={"petit"})


def known(text: str) -> list[str]:
    return [text[m.start : m.end] for m in search(text, BOOK) if m.known]


def test_a_patient_is_known_in_any_order_and_hand() -> None:
    assert known("zineb tchoumi a rappele") == ["zineb tchoumi"]
    assert known("TCHOUMI, Zineb") == ["TCHOUMI", "Zineb"] or known("TCHOUMI Zineb") == [
        "TCHOUMI Zineb"
    ]
    assert known("un mot sur tchoumi, vite") == ["tchoumi"]


def test_an_ordinary_word_is_a_patient_only_beside_a_first_name() -> None:
    assert known("un petit mot") == []
    assert known("petit marie est venue") == ["petit marie"]


def test_a_book_survives_its_file_and_holds_no_name() -> None:
    content = BOOK.packed()
    assert unpacked(content) == BOOK
    assert b"tchoumi" not in content


@pytest.mark.parametrize("content", [b"", b"short", SALT + b"12345"])
def test_another_file_is_no_book(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a book"):
        unpacked(content)
