import pytest

from vigie.domain.evidence.mail import Inside
from vigie.knowledge.attachments import by_name, packed


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("facture.pdf", frozenset()),
        ("facture.pdf.exe", {Inside.EXECUTABLE, Inside.HIDDEN_NAME}),
        ("a\\b\\c.VBS", {Inside.SCRIPT}),
        ("annexe\u202efdp.scr", {Inside.EXECUTABLE, Inside.HIDDEN_NAME}),
        ("rapport.docx", frozenset()),
        ("rapport.docm", {Inside.MACRO}),
        ("", frozenset()),
    ],
)
def test_a_name_says_what_opening_it_would_do(name: str, inside: set[Inside]) -> None:
    assert by_name(name) == inside


def test_archives_are_known_by_their_names() -> None:
    assert packed("Facture.ZIP")
    assert not packed("facture.pdf")
