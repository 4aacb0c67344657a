"""Files made to fell whoever opens them."""

import zipfile
import zlib
from pathlib import Path

MEGABYTE = 1 << 20


def inflating_docx(path: Path, megabytes: int) -> Path:
    """Write a document whose first part inflates to so many zeros."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("[Content_Types].xml", "w", force_zip64=True) as part,
    ):
        for _ in range(megabytes):
            part.write(bytes(MEGABYTE))
    return path


def endless_xlsx(path: Path, megabytes: int) -> Path:
    """Write a workbook of so many megabytes of shared texts, which its reader takes one by one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{_SHEETS}"/>')
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{_SHEETS}">'.encode())
            texts = b"<si/>" * (MEGABYTE // 5)
            for _ in range(megabytes):
                part.write(texts)
            part.write(b"</sst>")
    return path


def inflating_pdf(path: Path, megabytes: int) -> Path:
    """Write a document whose table of objects is a stream that inflates to so many zeros."""
    packer = zlib.compressobj(1)
    stream = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()
    head = b"%PDF-1.5\n"
    table = (
        b"1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>\n"
        b"stream\n%b\nendstream\nendobj\n" % (len(stream), stream)
    )
    path.write_bytes(head + table + b"startxref\n%d\n%%%%EOF\n" % len(head))
    return path


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_MAIN}.sharedStrings+xml"/>'
    "</Types>"
)
