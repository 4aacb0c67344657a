import io
import sqlite3
import zipfile
from pathlib import Path

import pikepdf
import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from vigie.routines.rehearsals.manifest import MARKER, Manifest
from vigie.routines.rehearsals.sample import BASE, make_practice

FILES = 90


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    folder = tmp_path_factory.mktemp("practice")
    return folder, make_practice(folder, files=FILES, seed=7, bytes_total=6_000_000)


def of_kind(practice: tuple[Path, Manifest], kind: str) -> list[Path]:
    folder, manifest = practice
    found = [folder / path for path in manifest.documents if path.endswith(f".{kind}")]
    assert found, f"the sample holds no {kind}"
    return found


def test_a_sample_holds_the_documents_it_says_and_no_two_are_alike(
    practice: tuple[Path, Manifest],
) -> None:
    folder, manifest = practice
    on_disk = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert on_disk == {*manifest.documents, MARKER}
    assert len({sealed.sha256 for sealed in manifest.documents.values()}) == FILES
    assert manifest.lost(folder) == ()


def test_a_sample_weighs_about_what_was_asked(practice: tuple[Path, Manifest]) -> None:
    assert 3_000_000 < practice[1].size < 9_000_000


def test_the_same_seed_gives_the_same_bytes_names_and_dates(
    practice: tuple[Path, Manifest], tmp_path: Path
) -> None:
    folder, manifest = practice
    again = make_practice(tmp_path, files=FILES, seed=7, bytes_total=6_000_000)
    assert again == manifest
    assert [(folder / p).stat().st_mtime for p in manifest.documents] == [
        (tmp_path / p).stat().st_mtime for p in manifest.documents
    ]


def test_another_seed_gives_other_documents(
    practice: tuple[Path, Manifest], tmp_path: Path
) -> None:
    other = make_practice(tmp_path, files=FILES, seed=8, bytes_total=6_000_000)
    assert not {s.sha256 for s in other.documents.values()} & {
        s.sha256 for s in practice[1].documents.values()
    }


def test_each_office_document_opens_and_says_something(practice: tuple[Path, Manifest]) -> None:
    for letter in of_kind(practice, "docx"):
        written = "\n".join(p.text for p in Document(str(letter)).paragraphs)
        assert "Bien confraternellement" in written
        assert "§" not in written
    for book in of_kind(practice, "xlsx"):
        opened = load_workbook(io.BytesIO(book.read_bytes()))
        assert opened["Recettes"].max_row >= 12
        with zipfile.ZipFile(book) as members:
            assert members.testzip() is None


def test_each_picture_and_each_pdf_opens_whole(practice: tuple[Path, Manifest]) -> None:
    for picture in [*of_kind(practice, "jpg"), *of_kind(practice, "png")]:
        with Image.open(picture) as opened:
            opened.load()
    for printed in of_kind(practice, "pdf"):
        with pikepdf.open(printed) as opened_pdf:
            assert len(opened_pdf.pages) >= 1
            assert opened_pdf.check_pdf_syntax() == []


def test_texts_are_of_the_trade_and_end_as_they_should(practice: tuple[Path, Manifest]) -> None:
    for results in of_kind(practice, "hpr"):
        assert results.read_text("cp1252").rstrip().endswith("****FINFICHIER****")
    for old in of_kind(practice, "rtf"):
        content = old.read_bytes()
        assert content.startswith(b"{\\rtf1")
        assert content.endswith(b"}")


def test_the_patients_base_is_whole_and_in_wal_mode(practice: tuple[Path, Manifest]) -> None:
    (path,) = of_kind(practice, "db")
    assert path == practice[0] / BASE
    base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("SELECT count(*) FROM patient").fetchone() == (FILES,)
    finally:
        base.close()
    wal_format = path.read_bytes()[18:20]
    assert wal_format == b"\x02\x02"


def test_a_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "à moi.txt"
    own.write_text("à moi")
    with pytest.raises(ValueError, match="not empty"):
        make_practice(tmp_path)
    assert [*tmp_path.iterdir()] == [own]
