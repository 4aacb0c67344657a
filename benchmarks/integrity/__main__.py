"""Documents verified and repaired: how many harms are found, how many legal changes left alone.

    python -m benchmarks.integrity --files 10000 --harms 200 --seed 1

A generated practice is recorded; `--harms` documents are harmed as power cuts, disks and memory do
(half of them keep their date), others are changed, renamed and deleted as people do. Then
`vigie integrity verify` and `repair` run as anybody would call them.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import docx
import pikepdf
import pydicom
from openpyxl import load_workbook
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from vigie.routines.rehearsals.damages import HARMS, damaged
from vigie.routines.rehearsals.sample import make_practice

TYPICAL = 110_000  # bytes of a document
LEGAL_OF_A_KIND = 12


def main() -> None:
    """Run once, and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=1_000)
    arguments.add_argument("--harms", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    wanted = arguments.parse_args()
    chance = Random(wanted.seed)  # noqa: S311  (a seed makes it repeatable)
    with tempfile.TemporaryDirectory(prefix="integrity-") as place:
        folder, home = Path(place) / "cabinet", Path(place) / "home"
        home.mkdir()
        make_practice(
            folder, files=wanted.files, seed=wanted.seed, bytes_total=wanted.files * TYPICAL
        )
        others(folder, chance, max(4, wanted.files // 100))
        run(folder, home, chance, wanted.harms)


def run(folder: Path, home: Path, chance: Random, harms: int) -> None:
    """Record, harm, change, verify, repair; print what was seen."""
    show("recorded", integrity(home, "baseline", folder))
    show("verified, nothing harmed", integrity(home, "verify", folder))
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name[0] != ".")
    chance.shuffle(files)
    harmed, rest = files[:harms], files[harms:]
    whole = {path: path.read_bytes() for path in harmed}
    kinds = {path: harm(path, chance) for path in harmed}
    legal = changed_by_people(rest)
    rest = [path for path in rest if path not in legal and path.suffix != ".db"]
    moved = {p: p.rename(p.with_name(f"ancien {p.name}")) for p in rest[:10]}
    now = {path: path.read_bytes() for path in (*legal, *moved.values())}
    deleted = {path: path.read_bytes() for path in rest[10:15]}
    for path in deleted:
        path.unlink()
    seconds, rows = integrity(home, "verify", folder)
    named = {row["input"]: row["state"] for row in rows[:-1]}
    unfound = Counter(kinds[p] for p in harmed if str(p) not in named)
    doubtful = Counter(kinds[p] for p in harmed if named.get(str(p)) == "doubtful")
    false = [p for p in now if str(p) in named]
    print(f"verified, {len(harmed)} harmed: {seconds:.1f} s")
    print(f"  not found {dict(unfound)}, doubtful {dict(doubtful)}")
    print(f"  legal changes {len(now)}, falsely named {[p.name for p in false]}")
    print(f"  deleted {len(deleted)}, named {sum(str(p) in named for p in deleted)}")
    seconds, _ = integrity(home, "repair", folder)
    back = sum(path.read_bytes() == content for path, content in whole.items())
    kept = sum(path.read_bytes() == content for path, content in now.items())
    returned = sum(p.exists() and p.read_bytes() == c for p, c in deleted.items())
    print(f"repaired in {seconds:.1f} s: {back} of {len(whole)} identical,", end=" ")
    print(f"{kept} of {len(now)} legal changes kept, {returned} of {len(deleted)} deleted back")


def integrity(home: Path, verb: str, folder: Path) -> tuple[float, list[dict[str, object]]]:
    """Run one command; return its seconds and its answers."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "integrity", verb, str(folder), "--json"],
        env={**os.environ, "VIGIE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr)
    return time.monotonic() - began, [json.loads(line) for line in done.stdout.splitlines()]


def show(what: str, run: tuple[float, list[dict[str, object]]]) -> None:
    """Print one line about a command."""
    seconds, rows = run
    print(f"{what}: {rows[-1]['files']} documents in {seconds:.1f} s, {len(rows) - 1} named")


def harm(path: Path, chance: Random) -> str:
    """Harm one document; half of them keep their date. Return how."""
    before, how = path.stat(), chance.choice(list(HARMS))
    path.write_bytes(damaged(path.read_bytes(), how, chance))
    if chance.random() < 0.5:  # noqa: PLR2004  (half)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return how


def changed_by_people(files: list[Path]) -> list[Path]:
    """Change some documents of each kind, each with its own program or library."""
    done: Counter[str] = Counter()
    changed = []
    for path in files:
        if path.suffix in SAVES and done[path.suffix] < LEGAL_OF_A_KIND:
            SAVES[path.suffix](path)
            done[path.suffix] += 1
            changed.append(path)
    return changed


def _docx(path: Path) -> None:
    letter = docx.Document(str(path))
    letter.add_paragraph("Revu ce matin.")
    letter.save(str(path))


def _xlsx(path: Path) -> None:
    book = load_workbook(path)
    book.active["A1"] = "revu"
    book.save(path)


def _pdf(path: Path) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.docinfo["/Title"] = "revu"
        document.save(path)


def _picture(path: Path) -> None:
    with Image.open(path) as picture:
        turned = picture.rotate(90)
    turned.save(path)


def _text(path: Path) -> None:
    content = path.read_bytes()
    words = [word for word in content.split() if word.isalpha() and len(word) > 5]  # noqa: PLR2004
    if words and path.suffix == ".txt":
        path.write_bytes(content.replace(words[0], words[0][::-1], 1))
    else:
        path.write_bytes(content + b"revu ce matin\r\n")


def _base(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE revu (jour TEXT)")
        base.execute("INSERT INTO revu VALUES ('2026-11-25')")


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("encore.txt", "revu")


def _dicom(path: Path) -> None:
    image = pydicom.dcmread(path)
    image.PatientName = "Autre^Nom"
    image.save_as(path)


SAVES: dict[str, Callable[[Path], None]] = {
    ".docx": _docx, ".xlsx": _xlsx, ".pdf": _pdf, ".jpg": _picture, ".png": _picture,
    ".txt": _text, ".csv": _text, ".hpr": _text, ".db": _base, ".zip": _zip, ".dcm": _dicom,
}  # fmt: skip


def others(folder: Path, chance: Random, count: int) -> None:
    """Add images of DICOM, archives, old files of a program, and databases of both kinds."""
    place = folder / "Autres"
    place.mkdir()
    for number in range(count):
        _image(place / f"image {number}.dcm", number)
        with zipfile.ZipFile(place / f"envoi {number}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("lettre.txt", "Bonjour. " * 600 + str(number))
            archive.writestr("suite.bin", chance.randbytes(4_000))
        (place / f"ancien {number}.bin").write_bytes(chance.randbytes(20_000))
    for number in range(6):
        with closing(sqlite3.connect(place / f"base {number}.db")) as base, base:
            if number % 2:
                base.execute("PRAGMA journal_mode = WAL")
            base.execute("CREATE TABLE dossiers (a INTEGER PRIMARY KEY, b TEXT)")
            rows = [(f"dossier {row} " * 6,) for row in range(2_000)]
            base.executemany("INSERT INTO dossiers (b) VALUES (?)", rows)
    shutil.copystat(folder, place)


def _image(path: Path, number: int) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    image.PatientName, image.Rows, image.Columns = "Martin^Claire", 128, 128
    image.BitsAllocated = image.BitsStored = 8
    image.HighBit, image.SamplesPerPixel, image.PixelRepresentation = 7, 1, 0
    image.PhotometricInterpretation = "MONOCHROME2"
    image.PixelData = bytes((x * y + number) % 251 for x in range(128) for y in range(128))
    image.save_as(path, enforce_file_format=True)


if __name__ == "__main__":
    main()
