"""Papers: the documents of an invented practice, one maker for each kind of file.

Every patient is drawn from lists of common names; telephone numbers are of the ranges that the
French regulator keeps for fiction (01 99 00 and 06 39 98). Nothing is shipped: all is generated.
"""

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from docx import Document
from docx.shared import Cm
from openpyxl import Workbook
from PIL import ExifTags, Image
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from vigie.routines.rehearsals import prose
from vigie.routines.rehearsals.prose import Patient

TEXTURE = (3200, 2400)  # pixels of grain that every picture takes a piece of
JPEG_BYTES_A_PIXEL = 0.40  # measured for this grain at quality 85
PNG_BYTES_A_PIXEL = 0.75
PLAIN_DOCX = 45_000  # bytes: below, a letter has no picture in it
PLAIN_PDF = 12_000
LINE_XLSX = 36  # bytes that one more line adds to a workbook
SAVED = (2026, 1, 5, 8, 30, 0)  # one date for all members of our zips: same seed, same bytes

Maker = Callable[[Random, int, Patient, date], bytes]


class Stationery:
    """What every paper is made with: the grain of the pictures and the masters to be varied.

    Each maker returns one valid document unlike any other, of about `size` bytes where its kind
    allows it.
    """

    def __init__(self, rng: Random) -> None:
        width, height = TEXTURE
        self._grain = Image.frombytes("L", TEXTURE, rng.randbytes(width * height))
        self._letters = {plain: _members(_letter(plain=plain)) for plain in (True, False)}
        self._book = _members(_ledger())
        self.makers: Mapping[str, Maker] = {
            "docx": self._docx,
            "xlsx": self._xlsx,
            "pdf": self._pdf,
            "jpg": self._jpg,
            "png": self._png,
            "csv": _csv,
            "txt": _txt,
            "rtf": _rtf,
            "hpr": _hprim,
        }

    def _picture(self, rng: Random, pixels: float) -> Image.Image:
        grained = TEXTURE[0] * TEXTURE[1]
        width = round((min(max(pixels, 6_000), grained) * 4 / 3) ** 0.5)
        height = width * 3 // 4
        left = rng.randint(0, TEXTURE[0] - width)
        top = rng.randint(0, TEXTURE[1] - height)
        grain = self._grain.crop((left, top, left + width, top + height)).convert("RGB")
        blot = Image.frombytes("RGB", (6, 5), rng.randbytes(90))
        shapes = blot.resize((width, height), Image.Resampling.BICUBIC)
        return Image.blend(shapes, grain, 0.2)

    def _jpg(self, rng: Random, size: int, patient: Patient, day: date) -> bytes:
        picture = self._picture(rng, size / JPEG_BYTES_A_PIXEL)
        taken = f"{day:%Y:%m:%d} {rng.randint(8, 18):02}:{rng.randint(0, 59):02}:00"
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "Apareo"
        exif[ExifTags.Base.Model] = "Cabinet 12"
        exif[ExifTags.Base.DateTime] = taken
        exif[ExifTags.Base.ImageDescription] = f"{patient.initials} {rng.randint(1, 9)}"
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85, exif=exif)
        return out.getvalue()

    def _png(self, rng: Random, size: int, patient: Patient, day: date) -> bytes:
        del patient, day
        out = io.BytesIO()
        picture = self._picture(rng, size / PNG_BYTES_A_PIXEL).convert("L")
        picture.save(out, "PNG", compress_level=1)
        return out.getvalue()

    def _pdf(self, rng: Random, size: int, patient: Patient, day: date) -> bytes:
        out = io.BytesIO()
        page = Canvas(out, pagesize=A4, invariant=1)
        page.setTitle(f"{rng.choice(prose.EXAMINATIONS)} {day:%d/%m/%Y}")
        line = 780
        for text in prose.letter(rng, patient, day, paragraphs=rng.randint(3, 5)):
            for piece in prose.wrapped(text):
                page.drawString(70, line, piece)
                line -= 14
            line -= 8
        page.showPage()
        if size > PLAIN_PDF:
            scan = io.BytesIO(self._jpg(rng, size - PLAIN_PDF // 4, patient, day))
            page.drawImage(ImageReader(scan), 20, 20, 555, 416)
            page.showPage()
        with _raw_streams():
            page.save()
        return out.getvalue()

    def _docx(self, rng: Random, size: int, patient: Patient, day: date) -> bytes:
        plain = size < PLAIN_DOCX
        members = dict(self._letters[plain])
        body = members["word/document.xml"].decode()
        for text in prose.letter(rng, patient, day, paragraphs=5):
            body = body.replace(prose.BLANK, text, 1)
        members["word/document.xml"] = body.replace(prose.BLANK, "").encode()
        if not plain:
            (held,) = (name for name in members if name.startswith("word/media/"))
            members[held] = self._jpg(rng, size - PLAIN_DOCX // 2, patient, day)
        return _zipped(members)

    def _xlsx(self, rng: Random, size: int, patient: Patient, day: date) -> bytes:
        del patient, day
        members = dict(self._book)
        sheet = members["xl/worksheets/sheet1.xml"].decode()
        head, rows, foot = re.split(r"(?<=<sheetData>)|(?=</sheetData>)", sheet)
        kept = re.findall(r"<row .*?</row>", rows)[: max(12, size // LINE_XLSX)]
        filled = re.sub(
            r"<v>77\d+</v>", lambda _: f"<v>{rng.randint(10, 99_999)}</v>", "".join(kept)
        )
        members["xl/worksheets/sheet1.xml"] = f"{head}{filled}{foot}".encode()
        return _zipped(members)


@contextmanager
def _raw_streams() -> Iterator[None]:
    """Write PDF streams as scanners do while inside: in base 85 they cost thirty times as long."""
    usual = rl_config.useA85
    rl_config.useA85 = 0
    try:
        yield
    finally:
        rl_config.useA85 = usual


def patients_base(path: Path, rng: Random, patients: int) -> None:
    """Write the practice's patient software's database: SQLite, WAL, every patient invented."""
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript(
        "PRAGMA journal_mode = WAL; BEGIN;"
        "CREATE TABLE patient (id INTEGER PRIMARY KEY, nom, prenom, ne_le, telephone);"
        "CREATE TABLE consultation (id INTEGER PRIMARY KEY, patient INTEGER REFERENCES patient,"
        " le, motif, note);"
        "CREATE INDEX par_patient ON consultation (patient);"
    )
    for number in range(1, patients + 1):
        who = prose.patient(rng)
        row = (number, who.name, who.first_name, who.born.isoformat(), who.telephone)
        base.execute("INSERT INTO patient VALUES (?, ?, ?, ?, ?)", row)
        for _ in range(rng.randint(1, 6)):
            on = date(2018, 1, 2) + timedelta(days=rng.randint(0, 3200))
            note = " ".join(prose.letter(rng, who, on, paragraphs=2)[2:4])
            values = (number, on.isoformat(), rng.choice(prose.REASONS), note)
            base.execute(
                "INSERT INTO consultation (patient, le, motif, note) VALUES (?, ?, ?, ?)", values
            )
    base.execute("COMMIT")
    base.close()


def _csv(rng: Random, size: int, patient: Patient, day: date) -> bytes:
    del patient
    lines = ["date;patient;acte;montant;réglé"]
    while sum(map(len, lines)) < size:
        who = prose.patient(rng)
        on = day + timedelta(days=len(lines) // 20)
        lines.append(
            f"{on:%d/%m/%Y};{who.name} {who.first_name};{rng.choice(prose.ACTS)};"
            f"{rng.choice((26.5, 30, 47.5, 60)):.2f};{rng.choice(('oui', 'non'))}"
        )
    return "\r\n".join(lines).encode(rng.choice(("cp1252", "utf-8-sig")))


def _txt(rng: Random, size: int, patient: Patient, day: date) -> bytes:
    written = _prose_of(rng, size, patient, day)
    return written.encode(rng.choice(("cp1252", "utf-8", "utf-8")))


def _rtf(rng: Random, size: int, patient: Patient, day: date) -> bytes:
    text = "".join(
        character if character.isascii() else f"\\'{character.encode('cp1252').hex()}"
        for character in _prose_of(rng, size, patient, day)
    )
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\fs22 "
    return (head + text.replace("\n", "\\par\r\n") + "}").encode("ascii")


def _hprim(rng: Random, size: int, patient: Patient, day: date) -> bytes:
    """Return laboratory results as HPRIM santé médecin lays them out: twelve lines, then text."""
    head = (
        f"{rng.randint(1, 999_999):06}", patient.name, patient.first_name, "12 rue des Lilas", "",
        "69003 LYON", f"{patient.born:%d/%m/%Y}", "", f"{rng.randint(1, 99_999):05}",
        f"{day:%d/%m/%Y}", "LABO0001    LABORATOIRE DES LILAS", "CAB00001    CABINET MEDICAL",
    )  # fmt: skip
    results = ["****LAB****"]
    while sum(map(len, results)) < min(size, 9_000):
        name, unit, low, high = rng.choice(prose.ASSAYS)
        value = rng.uniform(low * 0.7, high * 1.3)
        results.append(f"RES|{name}|{name[:4].upper()}|N|{value:.2f}|{unit}|{low}|{high}|")
    lines = [*head, *results, "****FIN****", "****FINFICHIER****", ""]
    return "\r\n".join(lines).encode("cp1252")


def _prose_of(rng: Random, size: int, patient: Patient, day: date) -> str:
    text = ""
    while len(text) < size:
        text += "\n\n".join(prose.letter(rng, patient, day, paragraphs=6)) + "\n\n"
    return text


def _letter(*, plain: bool) -> bytes:
    document = Document()
    document.add_heading("Cabinet médical des Lilas", level=1)
    if not plain:
        picture = io.BytesIO()
        Image.new("RGB", (64, 48), (200, 210, 220)).save(picture, "JPEG")
        document.add_picture(picture, width=Cm(14))
    for _ in range(9):
        document.add_paragraph(prose.BLANK)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _ledger() -> bytes:
    book = Workbook()
    book.properties.created = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Recettes")
    sheet.append(["Jour", "Acte", "Espèces", "Carte", "Tiers payant"])
    for line in range(4_000):
        act = prose.ACTS[line % len(prose.ACTS)]
        sheet.append([line + 1, act, 770_000 + line, 771_000 + line, 772_000 + line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _members(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    core = members["docProps/core.xml"].decode()
    dated = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-01-05T08:30:00Z", core)
    return members | {"docProps/core.xml": dated.encode()}


def _zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as document:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, SAVED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            document.writestr(entry, content)
    return out.getvalue()
