"""The reader from outside: a fresh process for each file, and always an answer."""

from collections.abc import Iterator
from pathlib import Path

import ordinary_documents
import pytest
from hostile_documents import shapes
from made_archives import EICAR, locked

from vigie.domain.evidence.documents import Act, Document
from vigie.readers.document.reader import DocumentReader

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader(cells=1) as reader:
        yield reader


def acts(document: Document) -> set[Act]:
    return {sight.act for sight in document.sights}


def unread(document: Document) -> set[str]:
    return {sight.detail for sight in document.sights if sight.act is Act.UNREAD}


def test_nothing_of_the_confinement_is_missing(reader: DocumentReader) -> None:
    assert reader.weakest_link == ""


def test_every_shape_is_read_in_its_cell_as_it_is_outside(reader: DocumentReader) -> None:
    green = [
        slug
        for slug, name, content in shapes()
        if not acts(found := reader.read_bytes(content, name)) or unread(found) - {"too_many"}
    ]
    assert green == []


def test_every_ordinary_paper_is_green_in_its_cell_too(
    reader: DocumentReader, tmp_path: Path
) -> None:
    seen = {}
    for path in ordinary_documents.write(tmp_path, files=60):
        with path.open("rb") as file:
            seen[path.name] = reader.read(file.fileno(), path.name).sights
    assert {name: sights for name, sights in seen.items() if sights} == {}


def test_a_password_of_the_letter_opens_an_archive(reader: DocumentReader) -> None:
    archive = locked("a.txt", EICAR, "Vitale-2026")
    assert acts(reader.read_bytes(archive, "a.zip")) == {Act.SEALED}
    opened = reader.read_bytes(archive, "a.zip", passwords=["Vitale-2026"])
    assert acts(opened) == {Act.TEST_SIGNATURE, Act.UNSEALED}


def test_a_file_is_read_where_it_lies_and_its_offset_stays(
    reader: DocumentReader, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"bonjour" * 100)
    with path.open("rb") as file:
        file.seek(7)
        document = reader.read(file.fileno(), path.name)
        assert file.tell() == 7
    assert (document.size, document.form, document.sights) == (700, "text", ())


def test_a_file_that_holds_nothing_but_a_hole_is_answered(
    reader: DocumentReader, tmp_path: Path
) -> None:
    path = tmp_path / "trou.docx"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    with path.open("rb") as file:
        assert Act.UNREAD in acts(reader.read(file.fileno(), path.name))
