"""The safe copy of one file, written whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import click

from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.documents.copying import Copier, Copy, Manner, NoCopy

_MOST = 256 * 1024 * 1024
_WHY = {
    "missing_program": "LibreOffice ou bubblewrap n’est pas installé sur ce poste",
    "unreadable": "ce fichier ne s’y prête pas, ou sa fin n’est pas de son espèce",
    "not_clean": "la copie n’était pas nette non plus, elle a été jetée",
    "too_large": "ce fichier est trop grand",
}


def write_copy(checker: DocumentChecker, path: Path, out: Path) -> Copy:
    """Write a clean copy of `path` to `out`. Raise ClickException where there is none."""
    try:
        with path.open("rb") as file:
            untrusted = file.read(_MOST + 1)
        if len(untrusted) > _MOST:
            raise NoCopy("too_large")  # noqa: TRY301  (said like the others)
        copy = Copier(checker).copy(
            untrusted, path.name, ending=out.suffix[1:].lower(), shown=_shown
        )
        _write(out, copy.content)
    except NoCopy as trouble:
        raise click.ClickException(
            f"Aucune copie sûre de {path}\u00a0: {_WHY[trouble.reason]}. Laissez-le fermé."
        ) from trouble
    except OSError as trouble:
        raise click.ClickException(
            f"La copie sûre ne peut pas être écrite ({trouble.strerror}). Vérifiez le chemin."
        ) from trouble
    return copy


def said(copy: Copy, out: Path) -> str:
    """Return what a person reads about the copy."""
    if copy.manner is Manner.LIGHT:
        return f"Copie sûre, toujours modifiable\u00a0: {out}"
    cut = " premières" if copy.cut else ""
    words = "" if copy.words else ", sans recherche de mots (tesseract n’est pas installé)"
    return f"Copie sûre en images, {copy.pages}{cut} page(s){words}\u00a0: {out}"


def row(copy: Copy, out: Path) -> Mapping[str, object]:
    """Return the same for a program."""
    return {
        "path": str(out),
        "manner": copy.manner.value,
        "pages": copy.pages,
        "cut": copy.cut,
        "words": copy.words,
    }


def _shown(done: int, pages: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rPage {done} sur {pages}", err=True, nl=done == pages)


def _write(out: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=".vigie-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
