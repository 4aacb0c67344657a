"""An export of the practice's patients, as a table: whose names stand in it."""

import csv
from collections.abc import Iterator

from vigie.knowledge.patients.book import Book, bound
from vigie.knowledge.writing.lexicon import folded, look_up

_LAST_WORDS = """
    nom nomusuel nomdenaissance nomdusage nompatient nomdefamille name nachname surname lastname
    familienname naam
"""
_FIRST_WORDS = "prenom prenoms prenomusuel vorname firstname givenname voornaam rufname"
_LAST, _FIRST = frozenset(_LAST_WORDS.split()), frozenset(_FIRST_WORDS.split())
_MOST = 200_000  # patients of one export: a large health centre has a tenth of them


class NoPatients(ValueError):
    """The export has no column of names."""


def listed(export: str) -> Iterator[tuple[str, str]]:
    """Yield (surname, first name), folded, for each row of an export (CSV, with a line of titles).

    Raise NoPatients where no column is one of names.
    """
    text = export.lstrip("\ufeff")
    divider = max(";,\t|", key=text.partition("\n")[0].count)
    try:
        rows = csv.reader(text.splitlines(), delimiter=divider)
        titles = [folded(title).replace("_", "") for title in next(rows, [])]
        lasts = [i for i, title in enumerate(titles) if title in _LAST]
        firsts = [i for i, title in enumerate(titles) if title in _FIRST]
        if not lasts:
            raise NoPatients
        for _, row in zip(range(_MOST), rows, strict=False):
            given = next((folded(row[i]) for i in firsts if i < len(row) and row[i].strip()), "")
            yield from ((last, given) for i in lasts if i < len(row) and (last := folded(row[i])))
    except csv.Error as trouble:
        raise NoPatients from trouble


def book_of(export: str, salt: bytes) -> tuple[Book, int]:
    """Return the book of an export and how many patients it holds. Raise NoPatients."""
    patients = set(listed(export))
    ordinary = {last for last, _ in patients if look_up(last).common or look_up(last).first}
    return bound(patients, salt, ordinary), len(patients)
