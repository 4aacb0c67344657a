"""Messages and web archives as files: every part of them is looked at like a file."""

import email
import email.policy
from email.errors import MessageError
from email.message import Message

from vigie.domain.evidence.documents import Act
from vigie.readers.document.scripted import Scripts
from vigie.readers.document.walk import Damaged, Holder, Part, Walk, text_of

_MOST_PARTS = 500


def look(walk: Walk, part: Part) -> None:
    """Look at a message or a web archive. Raise Damaged where it cannot be taken apart."""
    try:
        message = email.message_from_bytes(part.untrusted, policy=email.policy.compat32)
        parts = list(message.walk())[:_MOST_PARTS]
    except (MessageError, ValueError, LookupError, TypeError, RecursionError) as trouble:
        raise Damaged("no_message") from trouble
    for inner in parts:
        if inner.is_multipart():
            continue
        walk.enter()
        content = inner.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            continue
        walk.spend(len(content))
        _piece(walk, part, inner, content)


def _piece(walk: Walk, part: Part, inner: Message, content: bytes) -> None:
    name = inner.get_filename() or (inner.get("Content-Location") or "").rpartition("/")[2]
    kind = inner.get_content_type()
    if content.startswith(b"ActiveMime"):
        walk.saw(Act.MACRO, part, "ActiveMime")
    elif name:
        walk.into(part, content, str(name), Holder.MAIL)
    elif kind in ("text/html", "image/svg+xml"):
        Scripts(walk, part).in_page(text_of(content))
    elif kind != "text/plain":
        walk.into(part, content, "part", Holder.MAIL)
