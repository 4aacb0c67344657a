"""Shortcuts: Windows' own, and those that are a few lines of text."""

import re
import struct

from vigie.domain.evidence.documents import Act
from vigie.readers.document.walk import Part, Walk, text_of

_RUNS = re.compile(
    r"cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|certutil|bitsadmin|msiexec|curl|wmic|forfiles"
    r"|explorer\.exe.*\S|conhost|ftp|\.(?:js|jse|vbs|vbe|hta|bat|cmd|ps1|wsf|exe|scr|dll|cpl)\b|https?:|\\\\[\w.-]+\\",
    re.IGNORECASE,
)


def look(walk: Walk, part: Part) -> None:
    """Look at a Windows shortcut ([MS-SHLLINK]): what it starts, with which words."""
    raw = part.untrusted
    flags = struct.unpack_from("<I", raw.ljust(76, b"\0"), 20)[0]
    position = 76
    if flags & 1:
        position += 2 + struct.unpack_from("<H", raw.ljust(position + 2, b"\0"), position)[0]
    if flags & 2:
        position += struct.unpack_from("<I", raw.ljust(position + 4, b"\0"), position)[0]
    words: dict[int, str] = {}
    for bit in (4, 8, 16, 32, 64):  # name, relative path, folder, arguments, icon
        if not flags & bit or position + 2 > len(raw):
            continue
        (count,) = struct.unpack_from("<H", raw, position)
        wide = 2 if flags & 128 else 1
        text = raw[position + 2 : position + 2 + count * wide]
        words[bit] = text.decode("utf-16-le" if wide > 1 else "latin-1", "replace")
        position += 2 + count * wide
    said = f"{words.get(8, '')} {words.get(32, '')}".strip()
    everything = said + raw.decode("latin-1") + raw.decode("utf-16-le", "replace")
    if words.get(32, "").strip() or _RUNS.search(said) or re.search(r"(?i)(?:cmd|powershell|mshta|wscript|rundll32)\.exe", everything):  # fmt: skip
        walk.saw(Act.SHORTCUT_RUNS, part, said)
    else:
        walk.saw(Act.SHORTCUT, part, said)
    if re.match(r"\\\\|https?:", words.get(64, "")):
        walk.saw(Act.FETCHES_NEARBY, part, words[64])


def in_text(walk: Walk, part: Part) -> None:
    """Look at a shortcut of a few lines: an address, or a program of a desktop."""
    text = text_of(part.untrusted)
    if found := re.search(r"(?im)^\s*Exec\s*=\s*(.+)$", text):
        walk.saw(Act.SHORTCUT_RUNS, part, found[1])
        return
    address = re.search(r"(?im)^\s*(?:BASE)?URL\s*=\s*(\S+)", text)
    target = address[1] if address else ""
    near = re.match(r"(?i)file:|\\\\|javascript:|vbscript:|search-ms:|ms-", target)
    walk.saw(Act.SHORTCUT_RUNS if near else Act.SHORTCUT, part, target)
    if re.search(r"(?im)^\s*(?:IconFile|WorkingDirectory)\s*=\s*\\\\", text):
        walk.saw(Act.FETCHES_NEARBY, part, "icon")
