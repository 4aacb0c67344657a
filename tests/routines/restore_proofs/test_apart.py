import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pikepdf
import psutil
import pytest
from hostile_files import endless_xlsx, inflating_docx, inflating_pdf
from PIL import Image

from vigie.readers.sandbox.cell import Cell
from vigie.routines.rehearsals.sample import make_practice
from vigie.routines.restore_proofs import apart
from vigie.routines.restore_proofs.apart import DOCUMENTS, READER, Opening, open_apart
from vigie.tools.confinement import Limits

pytestmark = pytest.mark.kernel

NARROW = Limits(time=timedelta(seconds=4), memory=400 << 20)


def what(paths: Sequence[Path], **more: object) -> list[Opening]:
    return list(open_apart(paths, **more).values())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("papers")
    make_practice(folder, files=80, bytes_total=2_000_000)
    return [p for p in folder.rglob("*") if p.is_file() and "-" not in p.suffix]


def database(path: Path, rows: int = 200) -> Path:
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE t (x)")
        base.executemany("INSERT INTO t VALUES (?)", [("x" * 500,) for _ in range(rows)])
        base.commit()
    return path


def test_every_kind_of_the_practice_opens_with_its_own_reader(papers: list[Path]) -> None:
    found = open_apart(papers)
    assert {p.suffix for p, what in found.items() if what is Opening.OPENED} >= {
        ".docx", ".xlsx", ".pdf", ".jpg", ".png", ".db",
    }  # fmt: skip
    assert Opening.UNOPENED not in found.values()


def test_the_readers_have_neither_network_nor_files_nor_rights() -> None:
    cell = Cell(READER, DOCUMENTS)
    try:
        cell.wait_until_ready()
        assert cell.missing == ()
    finally:
        cell.close()


def test_a_file_that_fells_its_reader_is_unopened_and_the_others_are_still_answered(
    tmp_path: Path, papers: list[Path]
) -> None:
    paths = [
        inflating_docx(tmp_path / "bombe.docx", 600),
        next(path for path in papers if path.suffix == ".docx"),
        inflating_pdf(tmp_path / "bombe.pdf", 600),
        next(path for path in papers if path.suffix == ".pdf"),
    ]
    both = [Opening.UNOPENED, Opening.OPENED]
    assert what(paths, limits=NARROW) == both * 2


def test_a_reader_that_does_not_end_is_ended(tmp_path: Path, papers: list[Path]) -> None:
    endless = endless_xlsx(tmp_path / "sans fin.xlsx", 600)
    sound = next(path for path in papers if path.suffix == ".xlsx")
    assert what([endless, sound], limits=NARROW) == [Opening.UNOPENED, Opening.OPENED]


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf", ".jpg", ".png"])
def test_a_truncated_or_scrambled_document_does_not_open(
    suffix: str, tmp_path: Path, papers: list[Path]
) -> None:
    whole = next(path for path in papers if path.suffix == suffix).read_bytes()
    cut, noise = tmp_path / f"coupe{suffix}", tmp_path / f"bruit{suffix}"
    cut.write_bytes(whole[: len(whole) // 3])
    noise.write_bytes(os.urandom(5000))
    assert what([cut, noise]) == [Opening.UNOPENED] * 2


def test_a_picture_of_another_kind_than_its_name_opens_as_any_viewer_would(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40)).save(tmp_path / "photo.jpg", format="WEBP")
    assert what([tmp_path / "photo.jpg"]) == [Opening.OPENED]


def test_a_sealed_pdf_that_asks_nobody_for_a_password_opens(tmp_path: Path) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tmp_path / "a.pdf", encryption=pikepdf.Encryption(owner="secret"))
        document.save(
            tmp_path / "b.pdf", encryption=pikepdf.Encryption(owner="secret", user="secret")
        )
    assert what([tmp_path / "a.pdf", tmp_path / "b.pdf"]) == [Opening.OPENED, Opening.UNOPENED]


def test_a_database_with_a_log_is_read_and_a_damaged_one_is_not(tmp_path: Path) -> None:
    logged, damaged, header = (tmp_path / name for name in ("a.db", "b.sqlite", "c.db"))
    with closing(sqlite3.connect(logged)) as base:
        base.execute("PRAGMA journal_mode = WAL")
    database(logged)
    raw = bytearray(database(damaged).read_bytes())
    raw[4096 * 3 : 4096 * 4] = bytes(4096)
    damaged.write_bytes(raw)
    header.write_bytes(logged.read_bytes()[:600])
    assert what([logged, damaged, header]) == [
        Opening.OPENED,
        Opening.UNOPENED,
        Opening.UNOPENED,
    ]


def test_a_database_larger_than_can_be_held_has_no_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = database(tmp_path / "a.db")
    monkeypatch.setattr(apart, "LARGEST_DATABASE", base.stat().st_size)
    assert what([base]) == [Opening.OPENED]
    monkeypatch.setattr(apart, "LARGEST_DATABASE", base.stat().st_size - 1)
    assert what([base]) == [Opening.NO_READER]


def test_when_the_time_is_over_the_rest_is_unopened(papers: list[Path]) -> None:
    assert set(what(papers, within=timedelta(0))) == {Opening.UNOPENED, Opening.NO_READER}


def test_without_a_process_to_read_in_nothing_is_opened(
    papers: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "READER", "vigie.nothing.of_that_name")
    pictures = [path for path in papers if path.suffix == ".jpg"]
    assert what(pictures) == [Opening.UNOPENED] * len(pictures)


def test_a_link_put_in_the_place_of_a_file_is_not_followed(
    tmp_path: Path, papers: list[Path]
) -> None:
    target = next(path for path in papers if path.suffix == ".pdf")
    link = tmp_path / "lien.pdf"
    link.symlink_to(target)
    assert what([link]) == [Opening.UNOPENED]


def test_no_process_outlives_its_work(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    before = set(psutil.Process().children())
    open_apart([tmp_path / "a.pdf", inflating_docx(tmp_path / "b.docx", 600)], limits=NARROW)
    assert set(psutil.Process().children()) <= before
