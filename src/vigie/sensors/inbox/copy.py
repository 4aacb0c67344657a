"""A copy of a letter with a warning above it, made without understanding the letter.

Its own parts become one part of a new message, as they are; the warning stands before them. Only
the names of its header lines are looked at.
"""

import re
import uuid
from email.charset import BASE64, Charset
from email.message import Message

from vigie.tools.letters import head_lines, split_head

_OF_THE_BODY = re.compile(rb"(?i)content-[^:]*:|mime-version\s*:")


def with_warning(content: bytes, sentence: str) -> bytes:
    """Return the copy, with CRLF; `sentence` is what the person reads above the letter."""
    body, lines = split_head(content)[1], head_lines(content)
    about_body = [line for line in lines if _OF_THE_BODY.match(line)]
    others = [line for line in lines if not _OF_THE_BODY.match(line)]
    boundary = f"vigie-{uuid.uuid4().hex}".encode()
    parts = [
        *others,
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="' + boundary + b'"',
        b"",
        b"--" + boundary,
        _warning(sentence),
        b"--" + boundary,
        *(line for line in about_body if not line.lower().startswith(b"mime-version")),
        b"",
        body,
        b"--" + boundary + b"--",
        b"",
    ]
    return b"\r\n".join(parts)


def _warning(sentence: str) -> bytes:
    part = Message()
    charset = Charset("utf-8")
    charset.body_encoding = BASE64
    part.set_payload(f"⚠ {sentence}\n\n", charset)
    part["Content-Disposition"] = "inline"
    return part.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip()
