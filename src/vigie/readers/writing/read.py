"""A text's bytes to the marks in it: what runs in the cell."""

import os

import msgspec

from vigie.knowledge.writing import LONGEST, TooLong, search
from vigie.readers.writing.letters import LARGEST, decoded

_ENCODER = msgspec.json.Encoder()


def read(descriptor: int) -> str:
    """Return the marks of the open text as JSON, or a slug that says why there are none."""
    size = os.fstat(descriptor).st_size
    if size > LARGEST:
        return _ENCODER.encode("too_long").decode()
    try:
        text = decoded(os.pread(descriptor, size, 0))
        return _ENCODER.encode(search(text)).decode()
    except TooLong:
        return _ENCODER.encode("too_long").decode()
    except UnicodeError:
        return _ENCODER.encode("no_text").decode()


# Codecs are files: opened now, or never.
for _name in ("cp1252", "utf-16", "utf-8-sig"):
    "é".encode(_name).decode(_name)
# What the first question would otherwise wait for: the tables, and every pattern once.
search("Madame Essai, 54 ans, 12 rue des Lilas, 38000 Grenoble, 06 12 34 56 78, x@exemple.fr.")
assert LONGEST <= LARGEST  # noqa: S101  (a constant against another)
