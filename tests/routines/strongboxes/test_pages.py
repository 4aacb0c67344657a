"""The page for the envelope has the phrase, the page for the wall has no secret at all."""

import io
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from vigie.domain.practice import Language
from vigie.routines.strongboxes.pages import EmergencySheet, emergency_sheet, staff_page

PHRASE = "bamilo fetuda tozaki nopure"


def opened(page: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(io.BytesIO(page))


@pytest.mark.parametrize("language", Language)
def test_the_sheet_is_one_page_and_its_square_says_the_phrase(language: Language) -> None:
    document = opened(
        emergency_sheet(
            EmergencySheet(
                practice="Cabinet <des> Tilleuls & Cie",
                passphrase=PHRASE,
                place="/srv/cabinet/un dossier/coffre.kdbx",
                made=date(2026, 11, 25),
                language=language,
            )
        )
    )
    assert len(document) == 1
    text = document[0].get_textpage().get_text_bounded()
    assert all(word in text for word in PHRASE.split())
    assert "Cabinet <des> Tilleuls & Cie" in text
    assert "/srv/cabinet/un dossier/coffre.kdbx" in text
    picture = document[0].render(scale=2).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [PHRASE]


@pytest.mark.parametrize("language", Language)
def test_the_staff_page_is_one_page(language: Language) -> None:
    document = opened(staff_page("Cabinet des Tilleuls", "Karim", language))
    assert len(document) == 1
    assert "Karim" in document[0].get_textpage().get_text_bounded()
