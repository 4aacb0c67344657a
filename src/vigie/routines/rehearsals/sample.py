"""The sample: a folder of generated documents laid out as a practice lays out its own.

The rehearsal and the benchmarks attack this folder and nothing else: it carries a marker, and the
harmless encryptor works nowhere without it.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from vigie.routines.rehearsals import prose
from vigie.routines.rehearsals.manifest import Manifest, Sealed
from vigie.routines.rehearsals.papers import Stationery, patients_base
from vigie.routines.rehearsals.prose import Patient

SMALLEST, LARGEST = 2_000, 3_000_000  # bytes of one document
BASE = "Base patients/patients.db"
FIRST_DAY, DAYS = date(2018, 1, 8), 3230  # until the autumn of 2026

# Kind, share of the documents in percent, typical size in bytes, how much the size varies
# (the sigma of a lognormal), and whether the size can follow the wanted total.
KINDS = (
    ("docx", 24, 60_000, 0.9, True),
    ("pdf", 22, 140_000, 1.2, True),
    ("jpg", 20, 300_000, 0.8, True),
    ("txt", 8, 5_000, 0.9, False),
    ("xlsx", 7, 30_000, 0.8, False),
    ("hpr", 6, 3_500, 0.4, False),
    ("png", 5, 120_000, 0.8, True),
    ("rtf", 5, 9_000, 0.8, False),
    ("csv", 3, 20_000, 0.8, False),
)

FOLDERS = {
    "docx": ("Courriers/{year}/{month}", "Certificats/{year}", "Secrétariat/Modèles"),
    "pdf": ("Courriers reçus/{year}", "Résultats/Imagerie/{year}", "Comptabilité/{year}/Factures"),
    "jpg": ("Imagerie/Dermatologie/{year}", "Imagerie/Échographies {year}", "Numérisés"),
    "txt": ("Notes/{year}", "Secrétariat/Consignes"),
    "xlsx": ("Comptabilité/{year}", "Secrétariat/Plannings"),
    "hpr": ("Résultats/HPRIM reçus/{year}",),
    "png": ("Imagerie/Captures", "Numérisés"),
    "rtf": ("Courriers/Anciens/{year}",),
    "csv": ("Comptabilité/Exports {year}",),
}
TITLES = {
    "docx": ("Courrier {name}", "Certificat {name}", "Lettre pour Dr {colleague} - {name}"),
    "pdf": ("CR {examination} {name}", "Facture n° {number}", "Réponse Dr {colleague} {name}"),
    "jpg": ("IMG_{number}", "{name} lésion {day}", "Écho {name} {day}"),
    "txt": ("À rappeler {day}", "note {name}"),
    "xlsx": ("Recettes {month} {year}", "Planning semaine {number}"),
    "hpr": ("LABO{number}",),
    "png": ("Capture d’écran {day}", "scan{number}"),
    "rtf": ("{name} - ancien dossier",),
    "csv": ("export actes {day}",),
}
MONTHS = ("01 Janvier", "02 Février", "03 Mars", "04 Avril", "05 Mai", "06 Juin", "07 Juillet",
          "08 Août", "09 Septembre", "10 Octobre", "11 Novembre", "12 Décembre")  # fmt: skip


def make_practice(
    folder: Path, *, files: int = 240, seed: int = 2026, bytes_total: int = 26_000_000
) -> Manifest:
    """Generate a practice's documents in `folder`, and return what was made.

    `files` counts every document, the patients' database included; together they weigh about
    `bytes_total` bytes. The same arguments give the same bytes, names and dates.

    Raise ValueError if `folder` holds anything already: a sample never mixes with real documents.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty")
    rng = Random(seed)  # noqa: S311  (a seed makes the sample repeatable; nothing is secret)
    stationery = Stationery(rng)
    documents: dict[str, Sealed] = {}
    for kind, size in _sizes(rng, files - 1, bytes_total):
        day = FIRST_DAY + timedelta(days=rng.randint(0, DAYS))
        patient = prose.patient(rng)
        path = _path(rng, kind, patient, day, documents)
        content = stationery.makers[kind](rng, size, patient, day)
        documents[path] = _write(folder / path, content, _moment(rng, day))
    documents[BASE] = _write_base(folder / BASE, rng, patients=files)
    manifest = Manifest(documents)
    manifest.mark(folder)
    return manifest


def _sizes(rng: Random, count: int, bytes_total: int) -> list[tuple[str, int]]:
    kinds = rng.choices(KINDS, weights=[kind[1] for kind in KINDS], k=count)
    drawn = [(kind, kind[2] * rng.lognormvariate(0, kind[3])) for kind in kinds]
    fixed = sum(size for (*_, follows), size in drawn if not follows)
    stretched = sum(size for (*_, follows), size in drawn if follows)
    scale = max(0.05, (bytes_total - fixed) / stretched) if stretched else 1
    return [
        (name, round(min(LARGEST, max(SMALLEST, size * scale if follows else size))))
        for (name, _, _, _, follows), size in drawn
    ]


def _path(rng: Random, kind: str, patient: Patient, day: date, taken: Mapping[str, Sealed]) -> str:
    words = {
        "year": day.year,
        "month": MONTHS[day.month - 1],
        "day": f"{day:%Y-%m-%d}",
        "name": f"{patient.name.upper()} {patient.first_name}",
        "colleague": rng.choice(prose.COLLEAGUES),
        "examination": rng.choice(prose.EXAMINATIONS).lower(),
        "number": f"{rng.randint(1, 99_999):05}",
    }
    place = rng.choice(FOLDERS[kind]).format_map(words)
    title = rng.choice(TITLES[kind]).format_map(words)
    return next(name for name in _namings(f"{place}/{title}", kind) if name not in taken)


def _namings(stem: str, kind: str) -> Iterator[str]:
    yield f"{stem}.{kind}"
    number = 2
    while True:
        yield f"{stem} ({number}).{kind}"
        number += 1


def _moment(rng: Random, day: date) -> float:
    at = time(rng.randint(8, 18), rng.randint(0, 59), rng.randint(0, 59))
    return datetime.combine(day, at, tzinfo=UTC).timestamp()


def _write(path: Path, content: bytes, modified: float) -> Sealed:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (modified, modified))
    return Sealed(len(content), hashlib.sha256(content).hexdigest())


def _write_base(path: Path, rng: Random, *, patients: int) -> Sealed:
    path.parent.mkdir(parents=True, exist_ok=True)
    patients_base(path, rng, patients)
    modified = _moment(rng, FIRST_DAY + timedelta(days=DAYS))
    os.utime(path, (modified, modified))
    content = path.read_bytes()
    return Sealed(len(content), hashlib.sha256(content).hexdigest())
