"""Extracting: the bytes of some attachments of a message, named by their digests. In a cell."""

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from vigie.readers.mail.parse import attached_bytes
from vigie.readers.sandbox.brood import disposable
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.readers.sandbox.pool import Pool
from vigie.tools.confinement import Limits

_READER = "vigie.readers.mail.extracting.read"
_MOST = 40 * 1024 * 1024  # bytes of all attachments together; what goes beyond is left out
_LIMITS = Limits(time=timedelta(seconds=10), memory=1536 << 20, answer=72 << 20)


def read(descriptor: int, *, wanted: Sequence[str]) -> dict[str, str]:
    """Return the wanted attachments of the open message, by digest, in base64."""
    untrusted = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    found: dict[str, str] = {}
    room = _MOST
    for part in attached_bytes(untrusted):
        digest = hashlib.sha256(part).hexdigest()
        if digest in wanted and digest not in found and len(part) <= room:
            found[digest] = base64.b64encode(part).decode()
            room -= len(part)
    return found


def attachments(untrusted: bytes, wanted: Sequence[str]) -> Mapping[str, bytes]:
    """Return the bytes of the attachments with these digests, as far as a cell gave them.

    Whatever a cell says, what stands under a digest has that digest. Never raise.
    """
    with (
        Pool(_READER, limits=_LIMITS, cells=1, kind=disposable()) as pool,
        in_memory(untrusted) as file,
    ):
        try:
            return pool.ask({"wanted": list(wanted)}, file.fileno(), _answered)
        except ReadFailed:
            return {}


def _answered(untrusted_answer: Any) -> Mapping[str, bytes]:  # noqa: ANN401  (it may be anything)
    if not isinstance(untrusted_answer, dict):
        raise ValueError("not attachments")  # noqa: TRY004  (what every reader raises)
    found = {
        str(digest): base64.b64decode(str(content), validate=True)
        for digest, content in untrusted_answer.items()
    }
    return {d: content for d, content in found.items() if hashlib.sha256(content).hexdigest() == d}
