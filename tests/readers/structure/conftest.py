"""Real documents, made by the libraries and programs that practices use."""

import io
import random
import sqlite3
import subprocess
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image
from reportlab.pdfgen import canvas

WORDS = [
    "le",
    "patient",
    "présente",
    "une",
    "douleur",
    "à",
    "l'épaule",
    "gauche",
    "depuis",
    "trois",
    "semaines",
    "examen",
    "clinique",
    "normal",
    "tension",
    "artérielle",
    "prescription",
    "paracétamol",
    "œdème",
    "fièvre",
    "ordonnance",
]
PIXELS = ("png", "gif", "tif", "webp", "jpg")


def prose(rng: random.Random, words: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words))


def photo(rng: random.Random, width: int, height: int) -> Image.Image:
    coarse = Image.frombytes(
        "RGB", (width // 8, height // 8), rng.randbytes(width * height * 3 // 64)
    )
    return coarse.resize((width, height), Image.Resampling.BICUBIC)


def _office(folder: Path, rng: random.Random) -> None:
    letter = docx.Document()
    for _ in range(40):
        letter.add_paragraph(prose(rng, 60))
    picture = io.BytesIO()
    photo(rng, 400, 304).save(picture, "JPEG")
    letter.add_picture(picture)
    letter.save(str(folder / "lettre.docx"))
    table = openpyxl.Workbook()
    sheet = table.active
    assert sheet is not None
    for _ in range(300):
        sheet.append([prose(rng, 2), rng.random()])
    table.save(folder / "table.xlsx")
    body = prose(rng, 3000).encode("ascii", "replace")
    (folder / "note.rtf").write_bytes(b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}" + body + b"\\par}\n")


def _pages(folder: Path, rng: random.Random) -> None:
    for name, packed in (("cr.pdf", 1), ("brut.pdf", 0)):
        page = canvas.Canvas(str(folder / name), pageCompression=packed)
        for _ in range(6):
            for line in range(40):
                page.drawString(50, 800 - 18 * line, prose(rng, 10))
            page.drawInlineImage(photo(rng, 160, 120), 100, 100)
            page.showPage()
        page.save()


def _plain(folder: Path, rng: random.Random) -> None:
    (folder / "utf8.txt").write_text(prose(rng, 3000), encoding="utf-8")
    (folder / "ancien.txt").write_text(prose(rng, 3000), encoding="cp1252")
    (folder / "large.txt").write_text(prose(rng, 3000), encoding="utf-16")
    rows = (f"{prose(rng, 2)};{rng.randrange(10**6)}\r\n" for _ in range(1000))
    (folder / "export.csv").write_text("".join(rows), encoding="latin-1", errors="replace")


def _records(folder: Path, rng: random.Random) -> None:
    with zipfile.ZipFile(folder / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("été.txt", prose(rng, 3000))
        archive.writestr("brut.bin", rng.randbytes(9000))
    base = sqlite3.connect(folder / "patients.sqlite")
    base.execute("CREATE TABLE patient (nom, note)")
    base.executemany(
        "INSERT INTO patient VALUES (?, ?)",
        [(prose(rng, 2), prose(rng, rng.choice([5, 900]))) for _ in range(300)],
    )
    base.execute("CREATE INDEX noms ON patient (nom)")
    base.commit()
    base.execute("DELETE FROM patient WHERE rowid % 5 = 0")
    base.commit()
    base.close()
    meta = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    scan = photo(rng, 256, 256).convert("L").tobytes()
    (folder / "irm.dcm").write_bytes(
        bytes(128)
        + b"DICM\x02\x00\x00\x00UL\x04\x00"
        + len(meta).to_bytes(4, "little")
        + meta
        + b"\x10\x00\x10\x00PN\x08\x00DUPONT^A\xe0\x7f\x10\x00OW\0\0"
        + len(scan).to_bytes(4, "little")
        + scan
    )


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of sound documents, one or two of each kind."""
    folder = tmp_path_factory.mktemp("documents")
    rng = random.Random(7)  # noqa: S311  (the same at each run)
    _office(folder, rng)
    _pages(folder, rng)
    _plain(folder, rng)
    _records(folder, rng)
    for kind in PIXELS:
        picture = photo(rng, 640, 480)
        (picture.convert("P") if kind == "gif" else picture).save(folder / f"photo.{kind}")
    photo(rng, 640, 480).save(folder / "progressive.jpg", progressive=True)
    photo(rng, 640, 480).save(folder / "scan.tif", compression="tiff_deflate")
    for program in (
        ["gzip", "-k", folder / "utf8.txt"],
        ["7z", "a", "-bso0", "-bsp0", folder / "archive.7z", folder / "utf8.txt"],
        ["qpdf", "--object-streams=generate", folder / "cr.pdf", folder / "flux.pdf"],
        ["qpdf", "--linearize", folder / "cr.pdf", folder / "web.pdf"],
    ):
        subprocess.run(program, check=True)
    return folder


@pytest.fixture(scope="session")
def sealed(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of documents that somebody has put under a password."""
    folder = tmp_path_factory.mktemp("sealed")
    letter, report, home = documents / "lettre.docx", documents / "cr.pdf", folder / ".gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", home, "--batch", "-q", "--passphrase", "x"]
    for program in (
        ["7z", "a", "-bso0", "-bsp0", "-psecret", folder / "a.7z", letter],
        ["7z", "a", "-bso0", "-bsp0", "-psecret", "-mhe=on", folder / "b.7z", letter],
        ["7z", "a", "-bso0", "-bsp0", "-tzip", "-psecret", folder / "c.zip", letter],
        ["zip", "-qj", "-P", "secret", folder / "d.zip", letter],
        ["qpdf", "--encrypt", "a", "b", "256", "--", report, folder / "e.pdf"],
        [*gpg, "--pinentry-mode", "loopback", "-o", folder / "f.gpg", "-c", report],
        [*gpg, "--pinentry-mode", "loopback", "-a", "-o", folder / "g.asc", "-c", report],
    ):
        subprocess.run(program, check=True)
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)
    return folder
