"""Every hostile shape is seen, no ordinary paper is coloured: the reader's two promises."""

from base64 import b64decode
from pathlib import Path

import ordinary_documents
import pytest
from hostile_documents import AUTO, PACKED, shapes

from vigie.domain.evidence.documents import Act
from vigie.domain.finding import Gravity
from vigie.guards.trojan_document.lights import MEANINGS
from vigie.readers.document import macros
from vigie.readers.document.parse import look

# What is seen in a shape because it does not hold, and in no other.
MERELY_DAMAGED = {"pdf_unreadable", "zip_cut", "ole_ring"}

# Made by Info-ZIP under another password, until the one byte it keeps of it fitted « infected ».
UNLOCKED_BY_CHANCE = (
    "UEsDBAoACQAAAFMzel1UyQtqEwAAAAcAAAAFAAAAYS50eHSVXv2hszyKtNzubFHAjojaA1JhUEsHCFTJC2oTAAAA"
    "BwAAAFBLAQIeAwoACQAAAFMzel1UyQtqEwAAAAcAAAAFAAAAAAAAAAEAAACkgQAAAABhLnR4dFBLBQYAAAAAAQAB"
    "ADMAAABGAAAAAAA="
)


@pytest.fixture(scope="module")
def seen() -> dict[str, set[Act]]:
    known = ("infected", "1234")
    return {
        slug: {sight.act for sight in look(content, name=name, passwords=known).sights}
        for slug, name, content in shapes()
    }


def gravity(acts: set[Act]) -> int:
    return max((MEANINGS[act].gravity.rank for act in acts), default=0)


def test_no_hostile_shape_is_green(seen: dict[str, set[Act]]) -> None:
    assert len(seen) >= 240
    assert [slug for slug, acts in seen.items() if gravity(acts) == 0] == []


def test_a_shape_is_seen_for_what_it_is_not_for_being_damaged(seen: dict[str, set[Act]]) -> None:
    assert {slug for slug, acts in seen.items() if acts == {Act.DAMAGED}} == MERELY_DAMAGED


@pytest.mark.parametrize(
    ("slug", "act"),
    [
        ("docm_auto", Act.MACRO_AT_OPENING),
        ("ppt_auto_packed", Act.MACRO_AT_OPENING),
        ("docx_renamed_part", Act.MACRO_HIDDEN),
        ("docm_manual", Act.MACRO),
        ("doc_dde", Act.FIELD_COMMAND),
        ("xls_dde", Act.FIELD_COMMAND),
        ("docx_dde_quoted", Act.FIELD_COMMAND),
        ("docx_entity_target", Act.FETCHES),
        ("rtf_broken_hex", Act.OBJECT_EXPLOIT),
        ("rtf_package", Act.PROGRAM_INSIDE),
        ("pdf_attached_exe", Act.PROGRAM_INSIDE),
        ("pdf_password_form", Act.ASKS_PASSWORD),
        ("html_blob", Act.PAGE_MAKES_FILE),
        ("onenote_hta", Act.PROGRAM_INSIDE),
        ("vhdx", Act.PROGRAM_INSIDE),
        ("vhd_growing", Act.PROGRAM_INSIDE),
        ("seven_locked_names", Act.UNSEALED),
        ("zip_aes_known", Act.SCRIPT_AT_A_CLICK),
        ("zip_locked_unknown", Act.SEALED),
        ("zip_two_names", Act.HEADERS_DIFFER),
        ("zip_bomb_overlapping", Act.SWELLS),
        ("tar_link", Act.ESCAPES),
        ("name_pushed", Act.NAME_TURNED),
        ("encrypted_own_password", Act.MACRO_AT_OPENING),
    ],
)
def test_a_shape_is_called_by_its_name(seen: dict[str, set[Act]], slug: str, act: Act) -> None:
    assert act in seen[slug]


def test_a_wrong_password_that_unlocks_by_chance_opens_nothing() -> None:
    found = look(b64decode(UNLOCKED_BY_CHANCE), name="a.zip", passwords=("1234", "infected"))
    assert {sight.act for sight in found.sights} == {Act.SEALED}


def test_no_ordinary_paper_is_coloured(tmp_path: Path) -> None:
    papers = ordinary_documents.write(tmp_path)
    assert len(papers) >= 270
    seen = {path.name: look(path.read_bytes(), name=path.name).sights for path in papers}
    assert {name: list(sights) for name, sights in seen.items() if sights} == {}


def test_a_form_that_does_more_than_format_is_orange() -> None:
    forms = ordinary_documents.cerfa((*ordinary_documents.OWN_SCRIPTS, "app.alert('bonjour');"))
    sights = look(forms, name="cerfa.pdf").sights
    assert {MEANINGS[sight.act].gravity for sight in sights} == {Gravity.CONCERN}


def test_a_packed_macro_is_unpacked_to_its_source() -> None:
    assert macros.unpacked(PACKED) == AUTO.encode()


@pytest.mark.parametrize(
    "start", [b"%PDF-1.7\n", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf1"]
)
def test_what_only_begins_like_a_document_is_not_green(start: bytes) -> None:
    sights = look(start + bytes(range(256)) * 8, name="a.bin").sights
    assert start == b"{\\rtf1" or {sight.act for sight in sights} >= {Act.DAMAGED}
