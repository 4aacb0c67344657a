"""Marks by which a thing that was judged bad once is known again: a digest, whatever it is.

A file is known by its own digest. A sender's domain and the host of a link are known by the
digest of what they are and their name, so that all of it travels as one kind of mark. A domain
where anybody may have a mailbox or a page is never marked.
"""

import hashlib

from vigie.knowledge import domains, mail_domains


def sender_mark(domain: str) -> str:
    """Return the mark of the registered domain messages come from."""
    return _mark("sender", domain)


def host_mark(host: str) -> str:
    """Return the mark of the registered domain that links lead to."""
    return _mark("host", host)


def owned(host: str) -> bool:
    """Return whether a name on the net belongs to one owner, who answers for all of it."""
    site = domains.site(host)
    shared = (
        domains.FREE_HOSTING | domains.FREE_SENDERS | domains.SHORTENERS | domains.MAIL_SERVICES
    )
    return (
        bool(site)
        and domains.known_ending(site)
        and not domains.by_number(site)
        and not domains.under(site, shared)
        and not mail_domains.webmail(site)
        and not mail_domains.secure(site)
    )


def _mark(what: str, name: str) -> str:
    return hashlib.sha256(f"vigie {what} {name}".encode()).hexdigest()
