import os
import zipfile
from pathlib import Path

import psutil

from vigie.routines.rehearsals.sample import make_practice
from vigie.routines.restore_proofs.apart import Opening, open_apart


def test_every_kind_of_the_practice_opens_with_its_own_reader(tmp_path: Path) -> None:
    make_practice(tmp_path / "cabinet", files=80, bytes_total=2_000_000)
    files = [p for p in (tmp_path / "cabinet").rglob("*") if p.is_file() and "-" not in p.suffix]
    found = open_apart(files)
    assert {p.suffix for p, what in found.items() if what is Opening.OPENED} >= {
        ".docx", ".xlsx", ".pdf", ".jpg", ".png", ".db",
    }  # fmt: skip
    assert Opening.UNOPENED not in found.values()


def test_a_file_that_fells_its_reader_is_unopened_and_the_others_are_still_answered(
    tmp_path: Path,
) -> None:
    bomb = tmp_path / "bombe.docx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("[Content_Types].xml", "w", force_zip64=True) as part,
    ):
        for _ in range(2200):
            part.write(bytes(1 << 20))
    (tmp_path / "note.txt").write_text("bonjour")
    (tmp_path / "bruit.pdf").write_bytes(os.urandom(5000))
    paths = [bomb, tmp_path / "bruit.pdf", tmp_path / "note.txt"]
    assert list(open_apart(paths).values()) == [
        Opening.UNOPENED,
        Opening.UNOPENED,
        Opening.NO_READER,
    ]


def test_no_child_outlives_its_work(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    before = set(psutil.Process().children())
    open_apart([tmp_path / "a.pdf"])
    assert set(psutil.Process().children()) <= before
