"""What of a message was judged bad before, by a caretaker of any practice."""

from collections.abc import Container

from vigie.domain.evidence.mail import Message
from vigie.knowledge import domains, reported
from vigie.knowledge.relied_on import markable


def reported_in(message: Message, known_bad: Container[str]) -> frozenset[str]:
    """Return the registered domains of a message, its sender's and its links', that are known bad.

    What people rely on is not heeded, whoever marks it: a console that has fallen could name it.
    """
    sender = domains.site(message.sender.domain)
    links = {domains.site(domains.host_of(link.target)) for link in message.links}
    marks = {(reported.sender_mark(sender), sender)}
    marks |= {(reported.host_mark(host), host) for host in links}
    return frozenset(name for mark, name in marks if name and mark in known_bad and markable(name))
