"""Office files under a password: opened with the passwords at hand, and with Office's own.

A workbook under « VelvetSweatshop » opens without asking anybody: protection for a sheet, and a
cloak for a macro.
"""

import io
import struct
import xml.dom.expatbuilder  # noqa: F401  (see OWN)
from collections.abc import Sequence
from xml.parsers.expat import ExpatError

import msoffcrypto
import msoffcrypto.format.doc97
import msoffcrypto.format.ooxml
import msoffcrypto.format.ppt97
import msoffcrypto.format.xls97
from cryptography.hazmat.backends import default_backend
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from vigie.readers.document.compound import Compound

# The formats above are fetched when they are first met, and a cell can fetch nothing.
default_backend()
OWN = ("VelvetSweatshop", "/01Hannes Ruescher/01")
_WORD_SEALED = 0x0100
_EXCEL_SEALED = 0x2F
_MOST = 64 * 1024 * 1024


def is_sealed(container: Compound) -> bool:
    """Return whether a file of before 2007 is encrypted."""
    word = container.stream("worddocument")[:12]
    if len(word) == 12 and struct.unpack_from("<H", word, 10)[0] & _WORD_SEALED:
        return True
    for name in ("workbook", "book"):
        records, position = container.stream(name)[:4096], 0
        while position + 4 <= len(records):
            kind, length = struct.unpack_from("<HH", records, position)
            if kind == _EXCEL_SEALED:
                return True
            position += 4 + length
    current = container.stream("current user")
    return len(current) >= 16 and current[12:16] == b"\xdf\xc4\xd1\xf3"


def opened(untrusted: bytes, passwords: Sequence[str]) -> tuple[bytes, bool] | None:
    """Return the file without its password, and whether the password was somebody's; or None."""
    for password in (*OWN, *passwords):
        out = io.BytesIO()
        try:
            file = msoffcrypto.OfficeFile(io.BytesIO(untrusted))
            file.load_key(password=password)
            file.decrypt(out)
        except (DecryptionError, FileFormatError, InvalidKeyError, ParseError, ValueError, KeyError,
                struct.error, OSError, IndexError, TypeError, AttributeError, AssertionError,
                NotImplementedError, ExpatError):  # fmt: skip
            continue
        inner = out.getvalue()
        if inner[:4] == b"PK\3\4" or inner[:4] == b"\xd0\xcf\x11\xe0":
            return inner[:_MOST], password not in OWN
    return None
