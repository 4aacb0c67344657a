"""The safe copy: clean, still what it was, and refused rather than wrong."""

import io
import os
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import docx
import ordinary_documents
import pikepdf
import psutil
import pypdfium2
import pytest
import small_disk
from hostile_documents import shapes

from vigie.cli._safe_copy import write_copy
from vigie.domain.finding import Gravity
from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.documents.copying import Copier, Manner, NoCopy
from vigie.tools import libreoffice, ocr

pytestmark = pytest.mark.kernel
needs_office = pytest.mark.skipif(not libreoffice.installed(), reason="needs LibreOffice")
# Nothing of these is left once what acts is gone: they have no light copy.
NOT_DOCUMENTS = {
    "shortcut_as_pdf", "exe_as_pdf", "exe_as_docx", "elf_as_pdf", "batch_as_pdf", "html_as_pdf",
    "zip_as_docx", "rtf_as_pdf", "exe_pdf", "exe_early_pdf", "doc_as_docx", "pdf_locked",
    "pdf_unreadable", "pdf_packed_objects_swell",
}  # fmt: skip
KINDS = (".pdf", ".docx", ".docm", ".dotm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods")


@pytest.fixture(scope="module")
def checker() -> Iterator[DocumentChecker]:
    with DocumentChecker(cells=1) as checker:
        yield checker


def test_every_light_copy_of_a_hostile_document_is_clean(checker: DocumentChecker) -> None:
    copier = Copier(checker)
    unclean, none, count = [], set(), 0
    for slug, name, content in shapes():
        if not name.endswith(KINDS) or slug == "pdf_swells":
            continue
        light = copier.light(content)
        if light is None:
            none.add(slug)
            continue
        count += 1
        if checker.check_bytes(light.content, f"copie.{light.ending}").light is not Gravity.NOTE:
            unclean.append(slug)
    assert unclean == []
    assert none == NOT_DOCUMENTS
    assert count >= 80


def test_a_light_copy_of_a_form_keeps_its_pages_and_fields(checker: DocumentChecker) -> None:
    form = ordinary_documents.cerfa(("app.alert('bonjour');", *ordinary_documents.OWN_SCRIPTS), 3)
    copy = Copier(checker).copy(form, "cerfa.pdf")
    assert copy.manner is Manner.LIGHT
    with pikepdf.open(io.BytesIO(copy.content)) as pdf:
        assert len(pdf.pages) == 3
        assert len(pdf.Root.AcroForm.Fields) == 1 + len(ordinary_documents.OWN_SCRIPTS)


def test_a_light_copy_of_a_letter_is_still_a_letter(checker: DocumentChecker) -> None:
    trap = next(content for slug, _, content in shapes() if slug == "docm_auto")
    copy = Copier(checker).copy(trap, "Remboursement.docm")
    assert (copy.manner, copy.ending) == (Manner.LIGHT, "docx")
    letter = docx.Document(io.BytesIO(copy.content))
    assert [p.text for p in letter.paragraphs] == ["Formulaire de remboursement"]


@needs_office
def test_a_raster_copy_shows_the_page_and_keeps_its_words(checker: DocumentChecker) -> None:
    trap = next(content for slug, _, content in shapes() if slug == "docm_auto")
    pages: list[tuple[int, int]] = []
    copy = Copier(checker).copy(
        trap, "a.docm", ending="pdf", shown=lambda done, of: pages.append((done, of))
    )
    assert (copy.manner, copy.pages, copy.cut, pages) == (Manner.RASTER, 1, False, [(1, 1)])
    text = pypdfium2.PdfDocument(copy.content)[0].get_textpage().get_text_bounded()
    assert copy.words == bool(ocr.languages())
    assert "Formulaire de remboursement" in text


@needs_office
def test_what_nobody_can_open_has_no_copy(checker: DocumentChecker) -> None:
    locked = next(content for slug, _, content in shapes() if slug == "pdf_locked")
    with pytest.raises(NoCopy):
        Copier(checker).copy(locked, "a.pdf", ending="pdf")


@needs_office
@pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")
def test_a_conversion_that_hangs_is_ended_with_all_that_it_had_started() -> None:
    def bubbles() -> list[psutil.Process]:
        ours = psutil.Process().children(recursive=True)
        return [each for each in ours if each.name() in {"bwrap", "sh", "soffice.bin", "oosplash"}]

    began = time.monotonic()
    with pytest.raises(libreoffice.NotConverted, match="too_slow"):
        libreoffice.to_pdf(b"Bonjour", "txt", patience=timedelta(seconds=0.4))
    assert time.monotonic() - began < 10
    assert bubbles() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_disk_that_fills_during_a_copy_leaves_nothing_half(
    checker: DocumentChecker, tmp_path: Path
) -> None:
    form = tmp_path / "cerfa.pdf"
    form.write_bytes(ordinary_documents.cerfa(pages=2))
    with small_disk.small_disk(tmp_path / "small", "1m") as disk:
        ballast = small_disk.fill(disk)
        with pytest.raises(click.ClickException) as said:
            write_copy(checker, form, disk / "copie.pdf")
        assert "ne peut pas être écrite" in said.value.message
        assert [path.name for path in disk.iterdir()] == [ballast.name]
        ballast.unlink()
        write_copy(checker, form, disk / "copie.pdf")
        assert (disk / "copie.pdf").read_bytes().startswith(b"%PDF-")


@needs_office
@pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")
def test_a_document_that_reaches_out_reaches_nobody_from_the_bubble() -> None:
    import http.server  # noqa: PLC0415  (the listener is of this test alone)
    import threading  # noqa: PLC0415

    heard: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        away = f"http://127.0.0.1:{server.server_port}/a.png"
        page = f'<html><body>Bonjour<img src="{away}"></body></html>'
        assert libreoffice.to_pdf(page.encode(), "html").startswith(b"%PDF-")
        server.shutdown()
    assert heard == []
