"""Domains: who owns a host, by the public suffix list as it is bundled; never by the network."""

import re
from functools import lru_cache
from importlib import resources
from tomllib import loads

from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList()  # read now: a guard opens no file
_HOSTING = loads((resources.files("vigie.knowledge") / "hosting.toml").read_text("utf-8"))

FREE_HOSTING = frozenset(_HOSTING["free_hosting"].split())
FREE_SENDERS = frozenset(_HOSTING["free_senders"].split())
SHORTENERS = frozenset(_HOSTING["shorteners"].split())
WEBMAIL = frozenset(_HOSTING["webmail"].split())
MAIL_SERVICES = frozenset(_HOSTING["mail_services"].split())
CHEAP_ENDINGS = frozenset(_HOSTING["cheap_endings"].split())
_REDIRECTORS = tuple(entry.partition("/") for entry in _HOSTING["redirectors"].split())

_URL = re.compile(r"\s*(?:(https?|ftp):)?[/\\]{2,}(?:[^/?#\\@]*@)?(\[[^\]]*\]|[^/?#:\\]*)(?::(\d+))?([^#]*)", re.I)
_BARE = re.compile(r"\s*((?:[\w-]+\.)+[a-z]{2,24})(?:[/?#].*)?\s*", re.IGNORECASE)
_NUMBERS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|0x[0-9a-f]{6,}|\d{8,10}|\[[0-9a-f:.]+\]")


@lru_cache(maxsize=8192)
def site(host: str) -> str:
    """Return the registered domain of a host, the host itself where there is none to see."""
    host = host.lower().strip(".")
    return _SUFFIXES.privatesuffix(host) or host


@lru_cache(maxsize=8192)
def ending(host: str) -> str:
    """Return the public suffix of a host, as `co.uk`."""
    return _SUFFIXES.publicsuffix(host.lower().strip(".")) or ""


def label(host: str) -> str:
    """Return what its owner chose of a host's registered domain: `ameli` of `www.ameli.fr`."""
    return site(host).partition(".")[0]


def known_ending(host: str) -> bool:
    """Return whether a host ends as names on the net do."""
    return bool(_SUFFIXES.publicsuffix(host.lower().strip("."), accept_unknown=False))


def host_of(target: str) -> str:
    """Return the host of a link in lower case, an empty text where it has none."""
    if found := _URL.match(target):
        return found[2].lower().strip(". ")
    return ""


def path_of(target: str) -> str:
    """Return what follows the host of a link."""
    found = _URL.match(target)
    return found[4] if found else ""


def shown_host(text: str) -> str:
    """Return the host that a text shows people, an empty text where it shows none."""
    found = _BARE.fullmatch(text) if "://" not in text else None
    host = found[1].lower() if found else host_of(text.strip()) if "://" in text else ""
    return host if host and known_ending(host) else ""


def by_number(host: str) -> bool:
    """Return whether a host is an address in numbers."""
    return bool(_NUMBERS.fullmatch(host))


def under(host: str, places: frozenset[str]) -> bool:
    """Return whether a host is one of some places, or lies under one."""
    host = host.lower().strip(".")
    while host:
        if host in places:
            return True
        host = host.partition(".")[2]
    return False


def redirects(target: str) -> bool:
    """Return whether a link goes through a place that sends on to anywhere."""
    host, path = host_of(target), path_of(target).lstrip("/")
    return any(
        under(host, frozenset({place})) and path.startswith(start) and ("=" in path or "/" in path)
        for place, _, start in _REDIRECTORS
        if start or under(host, frozenset({place}))
    )


def cheap(host: str) -> bool:
    """Return whether a host's ending is one of those sold for next to nothing."""
    return ending(host) in CHEAP_ENDINGS or host.rpartition(".")[2] in CHEAP_ENDINGS
