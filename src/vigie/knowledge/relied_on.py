"""Whom people rely on: no mark of theirs is sent, and none is heeded, whoever made it."""

from vigie.knowledge import bodies, domains
from vigie.knowledge.reported import owned

_OF_BODIES = frozenset(domain for body in bodies.BODIES for domain in body.domains)


def markable(host: str) -> bool:
    """Return whether a name on the net has one owner, who is no official body and no brand."""
    return owned(host) and not domains.under(domains.site(host), _OF_BODIES)
