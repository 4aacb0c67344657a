"""Open files with their own readers. Run as a module it is the child that `apart` starts.

It reads paths from stdin, one JSON text a line, and answers each with one line before it takes
the next: whoever listens knows at which file it fell.
"""

import json
import os
import struct
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import docx
import openpyxl
import pikepdf
from docx.opc.exceptions import PackageNotFoundError
from PIL import Image

from vigie.routines.restore_proofs.apart import Opening
from vigie.tools.databases import dump_defect, is_sqlite, sqlite_defect

if os.name == "posix":
    import resource

MEMORY = 2 << 30  # bytes of address space: a scan of 100 megapixels opens, a bomb does not
PROCESSOR = 900  # seconds of work for a whole sample
FILES = 256  # open files


def _docx(path: Path) -> None:
    docx.Document(str(path))


def _xlsx(path: Path) -> None:
    openpyxl.load_workbook(path, read_only=True).close()


def _pdf(path: Path) -> None:
    with pikepdf.open(path) as document:
        len(document.pages)


def _picture(path: Path) -> None:
    with Image.open(path) as picture:
        picture.load()


def _sqlite(path: Path) -> None:
    if defect := sqlite_defect(path):
        raise ValueError(defect)


def _dump(path: Path) -> None:
    if defect := dump_defect(path):
        raise ValueError(defect)


_BY_NAME: Mapping[str, Callable[[Path], None]] = {
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".pdf": _pdf,
    ".jpg": _picture,
    ".jpeg": _picture,
    ".png": _picture,
    ".dump": _dump,
}


# What readers raise about a document that does not hold. Anything else fells the child, which
# comes to the same for that file and costs the start of another child.
FAULTS = (
    OSError,
    ValueError,
    LookupError,
    SyntaxError,  # lxml's, about XML
    EOFError,
    AttributeError,
    TypeError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    pikepdf.PdfError,
    PackageNotFoundError,
    Image.DecompressionBombError,
)


def open_file(path: Path) -> Opening:
    """Open one file with the reader its name asks for."""
    reader = _sqlite if is_sqlite(path) else _BY_NAME.get(path.suffix.lower())
    if reader is None:
        return Opening.NO_READER
    try:
        reader(path)
    except FAULTS:
        return Opening.UNOPENED
    return Opening.OPENED


def _limit() -> None:
    """Give up memory, time and writing before the first untrusted byte is read."""
    if os.name != "posix":
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def main() -> None:
    """Answer each path on stdin with one line."""
    _limit()
    warnings.simplefilter("ignore")  # a reader's remarks about a document are not for stderr
    for line in sys.stdin:
        print(open_file(Path(os.fsdecode(bytes.fromhex(json.loads(line))))).value, flush=True)  # noqa: T201  (the answer)


if __name__ == "__main__":
    main()
