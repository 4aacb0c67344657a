"""Open documents with their own readers. It runs in a confined process and nowhere else.

Nothing can be loaded there any more: whatever the readers would load on first use is loaded here.
"""

import codecs
import io
import os
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import BinaryIO

import docx
import openpyxl
import pikepdf
from docx.opc.exceptions import PackageNotFoundError
from PIL import Image

from vigie.routines.restore_proofs.apart import Kind, Opening

# Names in archives, texts in pictures, and the XML of documents made elsewhere.
for _encoding in ("cp437", "latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
    codecs.lookup(_encoding)
Image.init()
# qpdf needs random numbers for a sealed document, and opens their device when it first does.
pikepdf.new().save(io.BytesIO(), encryption=pikepdf.Encryption(owner="vigie"))
warnings.simplefilter("ignore")  # a reader's remarks about a document are nobody's

PICTURES = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")  # whatever the name says


def _docx(untrusted: BinaryIO) -> None:
    docx.Document(untrusted)


def _xlsx(untrusted: BinaryIO) -> None:
    openpyxl.load_workbook(untrusted, read_only=True).close()


def _pdf(untrusted: BinaryIO) -> None:
    # Not mapped into memory: the confinement forbids memory shared with a file.
    with pikepdf.open(untrusted, access_mode=pikepdf.AccessMode.stream) as document:
        len(document.pages)


def _picture(untrusted: BinaryIO) -> None:
    with Image.open(untrusted, formats=PICTURES) as picture:
        picture.load()


_READERS: Mapping[Kind, Callable[[BinaryIO], None]] = {
    Kind.DOCX: _docx,
    Kind.XLSX: _xlsx,
    Kind.PDF: _pdf,
    Kind.JPG: _picture,
    Kind.JPEG: _picture,
    Kind.PNG: _picture,
}


# What readers raise about a document that does not hold. Anything else fells the process, which
# comes to the same for that file and costs the start of another one.
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


def open_document(descriptor: int, *, kind: str) -> Opening:
    """Open one document with the reader of its kind; return OPENED or UNOPENED."""
    with os.fdopen(descriptor, "rb", closefd=False) as untrusted:
        try:
            _READERS[Kind(kind)](untrusted)
        except FAULTS:
            return Opening.UNOPENED
    return Opening.OPENED
