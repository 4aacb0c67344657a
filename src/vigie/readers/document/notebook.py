"""OneNote: the files a notebook carries, each opened by one click. [MS-ONESTORE] 2.6.13."""

import re
import struct

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import ending_of, runs
from vigie.readers.document.walk import Holder, Part, Walk

_FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_NAMES = re.compile(rb"(?:[ -~\xa0-\xff]\0){1,120}\.\0(?:[A-Za-z0-9]\0){1,8}")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\x01\0\0\0")


def look(walk: Walk, part: Part) -> None:
    """Look at a notebook and at the files in it."""
    raw = part.untrusted
    names = [found[0].decode("utf-16-le") for found in _NAMES.finditer(raw)]
    shown = next((name for name in names if runs(ending_of(name))), "")
    at = raw.find(_FILE)
    while at >= 0:
        walk.enter()
        (size,) = struct.unpack_from("<Q", raw.ljust(at + 24, b"\0"), at + 16)
        content = raw[at + 36 : at + 36 + min(size, len(raw))]
        if not content.startswith(_PICTURES):
            walk.saw(Act.FILE_INSIDE, part, shown)
            walk.into(part, content, shown or "file", Holder.DOCUMENT)
        at = raw.find(_FILE, at + 36 + min(size, len(raw)))
    if shown and not walk.has(Act.PROGRAM_INSIDE):
        walk.saw(Act.PROGRAM_INSIDE, part, shown)
