import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import docx
import pikepdf
import pytest
from openpyxl import load_workbook
from PIL import Image
from practice_at_rest import Practice

from vigie.routines.integrity.judging import State
from vigie.routines.rehearsals.damages import HARMS, damaged
from vigie.routines.rehearsals.sample import BASE

Small = Callable[..., Practice]
KINDS = (".docx", ".xlsx", ".pdf", ".jpg", ".png", ".txt", ".rtf", ".csv", ".hpr", ".db")


def save_docx(path: Path) -> None:
    letter = docx.Document(str(path))
    letter.add_paragraph("Revu ce matin.")
    letter.save(str(path))


def save_xlsx(path: Path) -> None:
    book = load_workbook(path)
    book.active["A1"] = "revu"
    book.save(path)


def save_pdf(path: Path) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.docinfo["/Title"] = "revu"
        document.save(path)


def turn_picture(path: Path) -> None:
    with Image.open(path) as picture:
        turned = picture.rotate(90)
    turned.save(path)


def add_line(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"revu ce matin\r\n")


def write_base(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE visites (jour TEXT)")
        base.execute("INSERT INTO visites VALUES ('2026-11-25')")


SAVES = {
    ".docx": save_docx,
    ".xlsx": save_xlsx,
    ".pdf": save_pdf,
    ".jpg": turn_picture,
    ".png": turn_picture,
    ".txt": add_line,
    ".csv": add_line,
    ".hpr": add_line,
    ".db": write_base,
}


def test_a_practice_at_rest_is_intact(practice: Practice) -> None:
    assert {seen.state for seen in practice.look().values()} == {State.INTACT}


@pytest.mark.parametrize("keeps_date", [True, False])
@pytest.mark.parametrize("harm", HARMS)
def test_every_kind_of_document_is_named_when_it_is_harmed(
    practice: Practice, harm: str, *, keeps_date: bool
) -> None:
    chance = Random(f"{harm}{keeps_date}")  # noqa: S311
    victims = [practice.one(kind) for kind in KINDS]
    for path in victims:
        before = path.stat()
        path.write_bytes(damaged(path.read_bytes(), harm, chance))
        if keeps_date:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    unwell = practice.unwell()
    assert set(unwell) == set(victims)
    assert set(unwell.values()) <= {State.DAMAGED, State.DOUBTFUL}


@pytest.mark.parametrize("kind", SAVES)
def test_what_its_own_program_saves_is_a_legal_change(practice: Practice, kind: str) -> None:
    path = practice.one(kind)
    SAVES[kind](path)
    assert practice.state(path) is State.CHANGED
    assert practice.unwell() == {}


@pytest.mark.parametrize("kind", [".docx", ".xlsx", ".pdf", ".png", ".db"])
def test_a_legal_change_does_not_hide_a_later_damage(practice: Practice, kind: str) -> None:
    path = practice.one(kind)
    SAVES[kind](path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    assert practice.state(path) is State.DAMAGED


def test_a_renamed_document_is_neither_missing_nor_new(practice: Practice) -> None:
    path = practice.one(".pdf")
    renamed = path.rename(path.with_name("Compte rendu définitif.pdf"))
    looked = practice.look()
    assert looked[renamed].state is State.MOVED
    assert path not in looked


def test_a_renamed_document_that_was_damaged_since_is_named(practice: Practice) -> None:
    path = practice.one(".pdf")
    renamed = path.rename(path.with_name("Compte rendu.pdf"))
    renamed.write_bytes(renamed.read_bytes()[:-4000])
    assert practice.unwell() == {renamed: State.DAMAGED}


def test_a_deleted_document_is_missing(practice: Practice) -> None:
    path = practice.one(".jpg")
    path.unlink()
    assert practice.unwell() == {path: State.MISSING}


def test_a_new_document_that_was_cut_short_is_named(practice: Practice) -> None:
    new = practice.folder / "nouveau.docx"
    new.write_bytes(practice.one(".docx").read_bytes()[:5000])
    assert practice.unwell() == {new: State.DAMAGED}


def test_links_and_passing_files_are_nobodys_documents(practice: Practice) -> None:
    (practice.folder / "lien.txt").symlink_to("/etc/hostname")
    (practice.folder / "~$lettre.docx").write_bytes(b"half")
    assert practice.unwell() == {}


def test_lines_deleted_at_the_end_of_a_text_are_a_persons_work(small: Small) -> None:
    practice = small(note__txt=b"Rappeler Mme Martin.\nCommander du papier.\nAppeler le labo.\n")
    note = practice.one(".txt")
    note.write_bytes(b"Rappeler Mme Martin.\n")
    assert practice.state(note) is State.CHANGED
    note.write_bytes(b"Rappeler Mme Mar")
    assert practice.state(note) is State.DAMAGED


def test_two_letters_put_right_are_a_persons_work(small: Small) -> None:
    practice = small(note__txt=b"Le labortaoire rappelle.\n" * 40)
    note = practice.one(".txt")
    note.write_bytes(note.read_bytes().replace(b"labortaoire", b"laboratoire", 1))
    assert practice.state(note) is State.CHANGED


def test_one_digit_that_turned_is_doubtful_and_stays(small: Small) -> None:
    practice = small(note__txt=b"Glycemie 1,24 g/l le 12 mars.\n" * 9)
    note = practice.one(".txt")
    turned = note.read_bytes().replace(b"1,24", b"1,25", 1)
    note.write_bytes(turned)
    assert practice.unwell() == {note: State.DOUBTFUL}
    assert practice.repair() == []
    assert note.read_bytes() == turned


def test_one_letter_that_turned_alone_is_doubtful_and_waits_for_a_person(small: Small) -> None:
    practice = small(note__txt=b"Antecedents familiaux sans particularite.\n" * 9)
    note = practice.one(".txt")
    whole = note.read_bytes()
    note.write_bytes(whole.replace(b"familiaux", b"faiiliaux", 1))
    assert practice.unwell() == {note: State.DOUBTFUL}
    assert practice.repair() == []
    assert len(practice.repair(letters=True)) == 1
    assert note.read_bytes() == whole


def test_letters_that_turned_in_words_apart_are_damage(small: Small) -> None:
    practice = small(note__txt=b"Antecedents familiaux sans particularite.\n" * 9)
    note = practice.one(".txt")
    turned = bytearray(note.read_bytes())
    for at in (20, 220):
        turned[at] ^= 4
    note.write_bytes(turned)
    assert practice.unwell() == {note: State.DAMAGED}


def test_noise_within_the_packed_content_of_a_pdf_is_damage(practice: Practice) -> None:
    path = max(practice.folder.rglob("*.pdf"), key=lambda p: p.stat().st_size)
    content = bytearray(path.read_bytes())
    at = len(content) // 2
    content[at : at + 700] = Random(4).randbytes(700)  # noqa: S311
    path.write_bytes(content)
    assert practice.unwell() == {path: State.DAMAGED}


def test_live_data_of_a_program_is_at_worst_doubtful(small: Small) -> None:
    practice = small(dossiers__fic=Random(1).randbytes(9000))  # noqa: S311
    base = practice.one(".fic")
    flagged = bytearray(base.read_bytes())
    flagged[4000] ^= 1
    base.write_bytes(flagged)
    assert practice.unwell() == {base: State.DOUBTFUL}
    flagged[4000:4600] = b"consultation" * 50
    base.write_bytes(flagged)
    assert practice.unwell() == {}


def test_what_never_was_what_its_name_says_is_not_judged_by_its_reader(small: Small) -> None:
    practice = small(lettre__docx=b"not a letter at all, version one")
    letter = practice.one(".docx")
    letter.write_bytes(b"not a letter at all, and now quite another version")
    assert practice.state(letter) is State.CHANGED


def test_a_document_closed_with_a_password_is_no_damage(practice: Practice) -> None:
    path = practice.one(".pdf")
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert practice.state(path) is State.CHANGED


def test_a_part_added_to_an_archive_is_legal(small: Small, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("un.txt", "bonjour " * 900)
    practice = small(a__zip=archive.read_bytes())
    kept = practice.one(".zip")
    with zipfile.ZipFile(kept, "a") as packed:
        packed.writestr("deux.txt", "encore")
    assert practice.state(kept) is State.CHANGED
    broken = bytearray(kept.read_bytes())
    broken[60] ^= 0xFF
    kept.write_bytes(broken)
    assert practice.state(kept) is State.DAMAGED


class TestDatabases:
    def test_a_value_that_changed_without_a_transaction_is_damage(self, practice: Practice) -> None:
        path = practice.folder / BASE
        content = bytearray(path.read_bytes())
        at = content.rindex(b"e")
        content[at] = ord("x")
        path.write_bytes(content)
        copy = practice.home / "copy.db"  # opened in its place, its log would date the folder
        copy.write_bytes(content)
        with closing(sqlite3.connect(copy)) as base:
            assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert practice.state(path) is State.DAMAGED

    def test_a_counter_in_a_row_may_turn_one_bit_where_no_header_counts(
        self, small: Small, tmp_path: Path
    ) -> None:
        made = tmp_path / "made.db"
        with closing(sqlite3.connect(made)) as base:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)")
            base.executemany("INSERT INTO t (b) VALUES (?)", [(6,)] * 900)
            base.commit()
        practice = small(patients__db=made.read_bytes())
        path = practice.one(".db")
        before = path.read_bytes()
        with closing(sqlite3.connect(path)) as base, base:
            base.execute("UPDATE t SET b = 7 WHERE a = 500")
        assert sum(a != b for a, b in zip(before, path.read_bytes(), strict=True)) == 1
        assert practice.unwell() == {path: State.DOUBTFUL}
        assert practice.repair() == []

    def test_work_in_the_log_is_legal(self, practice: Practice) -> None:
        path = practice.folder / BASE
        base = sqlite3.connect(path)
        base.execute("PRAGMA journal_mode = WAL")
        write_base_open(base)
        assert Path(f"{path}-wal").stat().st_size > 0
        state = practice.state(path)
        base.close()
        assert state is State.CHANGED

    def test_a_transaction_that_the_cut_left_half_done_is_legal(self, practice: Practice) -> None:
        path = practice.folder / BASE
        base = sqlite3.connect(path)
        base.execute("PRAGMA journal_mode = DELETE")
        practice.record()
        base.execute("PRAGMA cache_size = 1")
        base.execute("PRAGMA cache_spill = 1")
        base.execute("BEGIN")
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            base.execute(f'DELETE FROM "{name}"')  # noqa: S608  (a name of our own sample)
        half, journal = path.read_bytes(), Path(f"{path}-journal").read_bytes()
        base.rollback()
        base.close()
        path.write_bytes(half)
        Path(f"{path}-journal").write_bytes(journal)
        assert practice.state(path) is State.CHANGED

    def test_a_copy_made_in_use_is_sound_and_restores(self, practice: Practice) -> None:
        path = practice.folder / BASE
        base = sqlite3.connect(path)
        base.execute("PRAGMA journal_mode = WAL")
        write_base_open(base)
        practice.record()
        base.close()
        path.write_bytes(path.read_bytes()[:4096])
        (repaired,) = practice.repair()
        assert repaired.ending.value == "restored"
        with closing(sqlite3.connect(path)) as again:
            assert again.execute("SELECT count(*) FROM visites").fetchone() == (1,)


def write_base_open(base: sqlite3.Connection) -> None:
    with base:
        base.execute("CREATE TABLE visites (jour TEXT)")
        base.execute("INSERT INTO visites VALUES ('2026-11-25')")


def test_a_picture_whose_notes_were_changed_in_place_is_not_put_back(practice: Practice) -> None:
    path = practice.one(".jpg")
    content = bytearray(path.read_bytes())
    content[12] ^= 2  # in the header, long before the pixels
    path.write_bytes(content)
    assert practice.unwell() == {path: State.DOUBTFUL}


def test_what_programs_exchange_nobody_shortens_by_hand(small: Small) -> None:
    practice = small(export__csv=b"date;acte\n" + b"2026-11-25;G\n" * 90)
    export = practice.one(".csv")
    export.write_bytes(export.read_bytes()[: 10 + 13 * 40])
    assert practice.state(export) is State.DAMAGED


def test_a_name_of_any_bytes_is_verified(practice: Practice) -> None:
    odd = practice.folder / os.fsdecode(b"lettre \xe9t\xe9.txt")
    odd.write_bytes(b"Bonjour madame,\n" * 30)
    practice.record()
    odd.write_bytes(odd.read_bytes()[:100])
    assert practice.unwell() == {odd: State.DAMAGED}


def test_a_document_that_may_not_be_read_is_never_called_well(practice: Practice) -> None:
    path = practice.one(".pdf")
    path.unlink()
    path.mkdir()
    assert practice.unwell() == {path: State.MISSING}


def test_a_large_document_saved_anew_is_a_change(small: Small) -> None:
    practice = small(gros__bin=Random(2).randbytes(12_000_000))  # noqa: S311
    path = practice.one(".bin")
    path.write_bytes(Random(3).randbytes(12_000_000))  # noqa: S311
    assert practice.state(path) is State.CHANGED
