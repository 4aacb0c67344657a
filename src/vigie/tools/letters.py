"""The outer form of a message's bytes: where its header ends, and what it is called.

Nothing here understands a message: that is done apart, in `vigie.readers.mail`.
"""

import re

_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_IDENTITY = re.compile(rb"(?im)^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(\S+)")
_LINES = re.compile(rb"[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|$)")
_MOST_LINES = 2_000
_LONGEST = 500  # bytes of a Message-ID; a longer one is nobody's


def split_head(content: bytes) -> tuple[bytes, bytes]:
    """Return the header as it is written, and the body."""
    found = _EMPTY_LINE.search(content)
    return (content[: found.start()], content[found.end() :]) if found else (content, b"")


def head_lines(content: bytes) -> list[bytes]:
    """Return the lines of the header, each with its continuation, without their ends."""
    found = _LINES.findall(split_head(content)[0])[:_MOST_LINES]
    return [line.rstrip(b"\r\n") for line in found if line.strip()]


def identity(content: bytes) -> str:
    """Return the Message-ID, or an empty text."""
    found = _IDENTITY.search(split_head(content)[0])
    return found[1][:_LONGEST].decode("ascii", "replace") if found else ""
