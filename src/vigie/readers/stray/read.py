"""What runs in the cell: one file of a key, by its bytes and its name."""

import os
from collections.abc import Mapping

from vigie.readers.mail.attached import Attached, attached

MOST = 32 * 1024 * 1024  # bytes looked at of one file


def read(descriptor: int, *, name: str) -> Mapping[str, object]:
    """Return kind, what it could do and whether it is sealed, of the open file."""
    found, _ = attached(name, "", os.pread(descriptor, MOST, 0), Attached())
    return {
        "kind": found.kind.value,
        "inside": sorted(inside.value for inside in found.inside),
        "sealed": found.sealed,
    }
