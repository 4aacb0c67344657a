"""Documents of every kind, read in a real cell; what leaves it is a number."""

import io
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest

from vigie.domain.evidence.secrets import Secret
from vigie.readers.notes.reader import NoteReader, looking, take_entries
from vigie.readers.sandbox.cell import ReadFailed

NOTE = Secret(place="Pense-bête", login="", password="Soleil2024!")


@pytest.fixture(scope="module")
def reader() -> Iterator[NoteReader]:
    with NoteReader() as reader:
        yield reader


def look(reader: NoteReader, path: Path) -> int:
    with path.open("rb") as file:
        return reader.look(file.fileno(), path.name).passwords


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Site", "Identifiant", "Mot de passe"),
        ("Ameli", "lea", "Soleil24"),
        ("x", "", 4521),
    ):
        sheet.append(row)
    book.save(path)
    return path


def letter(path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("Pense-bête")
    document.add_paragraph("Mot de passe : Soleil2024!")
    document.save(str(path))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_whatever_letters(
    tmp_path: Path, reader: NoteReader, encoding: str
) -> None:
    note = tmp_path / "mémo.txt"
    note.write_bytes("Pense-bête\r\nMot de passe : Soleil2024!\r\n".encode(encoding))
    assert look(reader, note) == 1
    with note.open("rb") as file:
        assert take_entries(file.fileno(), note.name) == [NOTE]


def test_a_workbook_and_a_letter_are_read(tmp_path: Path, reader: NoteReader) -> None:
    assert look(reader, workbook(tmp_path / "classeur.xlsx")) == 2
    assert look(reader, letter(tmp_path / "memo.docx")) == 1


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice writes the other kinds")
@pytest.mark.parametrize("ending", ["doc", "odt", "rtf", "pdf"])
def test_the_other_kinds_of_letters_are_read(
    tmp_path: Path, reader: NoteReader, ending: str
) -> None:
    converted = convert(letter(tmp_path / "mdp.docx"), ending)
    assert look(reader, converted) == 1


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice writes the other kinds")
@pytest.mark.parametrize("ending", ["xls", "ods", "csv"])
def test_the_other_kinds_of_tables_are_read(
    tmp_path: Path, reader: NoteReader, ending: str
) -> None:
    assert look(reader, convert(workbook(tmp_path / "classeur.xlsx"), ending)) == 2


def convert(path: Path, ending: str) -> Path:
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", ending, path.name],
        cwd=path.parent,
        check=True,
        capture_output=True,
    )
    return path.with_suffix(f".{ending}")


def test_sticky_notes_are_read_as_the_runs_of_text_they_are(
    tmp_path: Path, reader: NoteReader
) -> None:
    sticky = tmp_path / "plum.sqlite"
    sticky.write_bytes(
        b"SQLite format 3\0\1\2\0\0mdp doctolib : Soleil2024!\0\0\3" + os.urandom(64)
    )
    assert look(reader, sticky) == 1


def test_what_is_locked_says_so_and_counts_nothing(tmp_path: Path, reader: NoteReader) -> None:
    locked = tmp_path / "codes.xlsx"
    name = "EncryptedPackage".encode("utf-16-le")
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name + bytes(4000))
    with locked.open("rb") as file:
        looked = reader.look(file.fileno(), locked.name)
    assert (looked.passwords, looked.sealed) == (0, True)


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:p>" + b"a" * (300 << 20))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mdp.docx", bomb()),
        ("mdp.docx", b"PK\3\4" + b"\0" * 5000),
        ("mdp.xlsx", b"PK\3\4garbage"),
        ("mdp.pdf", b"%PDF-1.7\n" + b"<<" * 50_000),
        ("mdp.txt", b"mot de passe " * 300_000),
        ("mdp.txt", b"mdp:" * 1_000_000),
        ("mdp.rtf", b"{\\rtf1" + b"{" * 100_000),
        ("mdp.csv", b'"' * 1_000_000),
        ("mdp.doc", b"\xd0\xcf\x11\xe0" + os.urandom(2_000_000)),
    ],
    ids=["bomb", "zeros", "garbage", "pdf", "words", "labels", "braces", "quotes", "noise"],
)
def test_hostile_documents_have_an_answer_in_time(
    tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    began = time.monotonic()
    with looking() as ask, file.open("rb") as opened:
        assert 0 <= ask(opened.fileno(), name) <= 500
    assert time.monotonic() - began < 20


def test_entities_are_not_followed(tmp_path: Path, reader: NoteReader) -> None:
    (tmp_path / "secret").write_text("mdp : Soleil2024!")
    buffer = io.BytesIO()
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"{entity}<b xmlns:w='w'><w:p>&e;</w:p></b>")
    hostile = tmp_path / "memo.docx"
    hostile.write_bytes(buffer.getvalue())
    assert look(reader, hostile) == 0


def test_a_cell_that_falls_is_an_answer_without_one(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(ReadFailed), NoteReader() as reader:
            reader.look(folder, "mdp.txt")
    finally:
        os.close(folder)
