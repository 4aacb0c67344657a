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
from xml.parsers import expat

import docx
import openpyxl
import pikepdf
import pydicom
from docx.opc.exceptions import PackageNotFoundError
from PIL import Image
from pydicom.errors import InvalidDicomError

from vigie.routines.restore_proofs.apart import Kind, Opening

# Names in archives, texts in pictures, and the XML of documents made elsewhere.
for _encoding in ("cp437", "latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
    codecs.lookup(_encoding)
Image.init()
# qpdf needs random numbers for a sealed document, and opens their device when it first does.
pikepdf.new().save(io.BytesIO(), encryption=pikepdf.Encryption(owner="vigie"))
warnings.simplefilter("ignore")  # a reader's remarks about a document are nobody's

PICTURES = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")  # whatever the name says


MOST_UNPACKED = 1 << 30  # bytes of one archive: a bomb is no document, and no reason to wait


def _zip(untrusted: BinaryIO) -> None:
    """Unpack every part to its end, which holds its sum; a part under a password is passed over."""
    with zipfile.ZipFile(untrusted) as archive:
        parts = [part for part in archive.infolist() if not part.flag_bits & 1]
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            return
        for part in parts:
            with archive.open(part) as content:
                while content.read(1 << 20):
                    pass


def _docx(untrusted: BinaryIO) -> None:
    _zip(untrusted)
    docx.Document(untrusted)


def _xlsx(untrusted: BinaryIO) -> None:
    _zip(untrusted)
    openpyxl.load_workbook(untrusted, read_only=True).close()


def _odt(untrusted: BinaryIO) -> None:
    _zip(untrusted)
    with zipfile.ZipFile(untrusted) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return
        for part in ("content.xml", "styles.xml"):
            if part in archive.namelist():
                expat.ParserCreate().Parse(archive.read(part), True)


def _pdf(untrusted: BinaryIO) -> None:
    # Not mapped into memory: the confinement forbids memory shared with a file.
    with pikepdf.open(untrusted, access_mode=pikepdf.AccessMode.stream) as document:
        len(document.pages)


def _dicom(untrusted: BinaryIO) -> None:
    """Read every element to its end; an image is as long as its own numbers say."""
    image = pydicom.dcmread(untrusted)
    for _ in image.iterall():
        pass
    if "PixelData" in image and not image.file_meta.TransferSyntaxUID.is_compressed:
        bits, frames = image.BitsAllocated, int(image.get("NumberOfFrames", 1) or 1)
        pixels = image.Rows * image.Columns * image.SamplesPerPixel * frames
        if image.get("PhotometricInterpretation") == "YBR_FULL_422":
            return  # two pixels share their colour: fewer bytes than pixels
        if len(image.PixelData) < pixels * bits // 8:
            raise ValueError("pixels are missing")


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
    Kind.ODT: _odt,
    Kind.ODS: _odt,
    Kind.ODP: _odt,
    Kind.ZIP: _zip,
    Kind.DCM: _dicom,
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
    InvalidDicomError,
    expat.ExpatError,
    NotImplementedError,
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
