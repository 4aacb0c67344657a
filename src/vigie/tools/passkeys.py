"""Passkeys (WebAuthn): whether an assertion is that of a key, for a site and a challenge.

The signature is verified first, over raw bytes: what is read afterwards, the authenticator and the
browser have said. Source: W3C Web Authentication, Level 3, section 7.2.
"""

import base64
import binascii
import hashlib
import json
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from fido2 import cbor
from fido2.cose import CoseKey

ES256, EDDSA, RS256 = -7, -8, -257  # COSE: what platforms and security keys make
ALGORITHMS = frozenset({ES256, EDDSA, RS256})

_HEAD = struct.Struct("!32sBL")  # SHA-256 of the site, flags, counter
_PRESENT, _VERIFIED = 0x01, 0x04
_TYPE = "webauthn.get"


class NotAsserted(ValueError):
    """The assertion is not one of this key, for this site and challenge, by a person present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What an authenticator answers, each as base64url."""

    authenticator: str
    client: str
    signature: str


def readable(public: str) -> bool:
    """Return whether `public` is a COSE key of a kind that is allowed here."""
    try:
        key = _key(public)
        # A signature that no key has made: a key that cannot be used says so otherwise.
        key.verify(b"", bytes(64))
    except InvalidSignature:
        return True
    except (ValueError, TypeError, KeyError, IndexError, struct.error):
        return False
    return False


def counted(assertion: Assertion, *, public: str, site: str, origin: str, challenge: bytes) -> int:
    """Return the authenticator's counter (0 where it keeps none). Raise NotAsserted.

    `public` is a COSE key in base64url; `origin` must be exactly the page's own.
    """
    try:
        authenticator, client = _bytes(assertion.authenticator), _bytes(assertion.client)
        signed = authenticator + hashlib.sha256(client).digest()
        _key(public).verify(signed, _bytes(assertion.signature))
    except (InvalidSignature, ValueError, TypeError, KeyError, IndexError, struct.error) as why:
        raise NotAsserted("the signature is not that of this key") from why
    _check_client(client, origin=origin, challenge=challenge)
    if len(authenticator) < _HEAD.size:
        raise NotAsserted("the authenticator's answer is cut off")
    hashed, flags, counter = _HEAD.unpack_from(authenticator)
    if hashed != hashlib.sha256(site.encode()).digest():
        raise NotAsserted("made for another site")
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise NotAsserted("nobody was there, or nobody was recognised")
    return int(counter)


def _check_client(client: bytes, *, origin: str, challenge: bytes) -> None:
    """Hold what the browser says of itself against what must be so. Raise NotAsserted."""
    try:
        said = json.loads(client)
    except (ValueError, RecursionError) as why:
        raise NotAsserted("the browser's part cannot be read") from why
    if not isinstance(said, dict):
        raise NotAsserted("the browser's part cannot be read")
    wanted = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    if said.get("type") != _TYPE or said.get("challenge") != wanted:
        raise NotAsserted("made for something else")
    if said.get("origin") != origin or said.get("crossOrigin", False) or said.get("topOrigin"):
        raise NotAsserted("made on another page")


def _key(public: str) -> CoseKey:
    try:
        decoded = cbor.decode(_bytes(public))
    except RecursionError as why:
        raise ValueError("nested too deep to be a key") from why
    if not isinstance(decoded, dict) or decoded.get(3) not in ALGORITHMS:
        raise ValueError("not a key of an allowed kind")
    return CoseKey.parse(decoded)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as why:
        raise ValueError("not base64url") from why
