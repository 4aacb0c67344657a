"""Passkeys: a caretaker's key that no program can read, and an order that one has signed.

A passkey does not sign an order itself but an assertion whose challenge is `challenge(body)`: the
hash of practice, machine, sequence, expiry and wish, in their canonical form.
"""

import hashlib
from typing import Annotated

from msgspec import Meta, Struct

Bytes = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_-]+$", max_length=2048, description="bytes, base64url")
]
Site = Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]
Origin = Annotated[
    str, Meta(pattern=r"^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$", max_length=270)
]

_DOMAIN = b"VIGIE-ORDER-1\n"  # no other challenge of ours begins so


class Passkey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The public half of a passkey.

    `credential` is its id, `public` its COSE key; `site` is the name it was made for (the relying
    party) and `origin` the one address whose pages may ask it to sign.
    """

    credential: Bytes
    public: Bytes
    site: Site
    origin: Origin


class AssertedOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order under a passkey's assertion: `body` is the exact text that was hashed."""

    body: Annotated[str, Meta(max_length=4096)]
    credential: Bytes
    authenticator: Bytes
    client: Bytes
    signature: Bytes


def challenge(body: str) -> bytes:
    """Return the 32 bytes that a passkey is asked to sign for this order."""
    return hashlib.sha256(_DOMAIN + body.encode()).digest()


def name_of(signer: str) -> str:
    """Return the digest by which a key or a passkey's credential is named in an order."""
    return hashlib.sha256(signer.encode()).hexdigest()
