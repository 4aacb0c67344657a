import pytest

from vigie.domain.evidence.structure import Kind
from vigie.knowledge.filetypes import kinds_allowed, passing


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Lettre.DOCX", Kind.OOXML),
        ("/srv/Dossiers/2026/radio.jpeg", Kind.JPEG),
        ("capture.png", Kind.JPEG),
        ("protégé.xlsx", Kind.OLE),
        ("ancien.doc", Kind.RTF),
        ("export.xls", Kind.TEXT),
        ("archive.tar.gz", Kind.GZIP),
    ],
)
def test_a_name_allows_what_people_put_under_it(name: str, kind: Kind) -> None:
    assert kind in kinds_allowed(name)


def test_a_name_that_promises_something_never_allows_noise() -> None:
    for name in ("a.docx", "a.pdf", "a.txt", "a.jpg", "a.zip", "a.sqlite", "a.gpg", "a.dcm"):
        assert Kind.NOISE not in kinds_allowed(name)
        assert Kind.OTHER not in kinds_allowed(name)


@pytest.mark.parametrize("name", ["", "LISEZMOI", "a.docx.locked", "~$ettre.docx", "._radio.jpg"])
def test_a_name_that_promises_nothing_allows_everything(name: str) -> None:
    assert kinds_allowed(name) == frozenset(Kind)


def test_what_programs_keep_beside_a_document_is_passing() -> None:
    assert passing("/srv/~$ettre.docx")
    assert passing("patients.sqlite-journal")
    assert not passing("lettre.docx")
