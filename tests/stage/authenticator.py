"""A passkey in software: it signs whatever it is asked, so that what is refused can be made too."""

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2 import cbor
from fido2.cose import ES256, RS256, EdDSA

from vigie.wire.passkeys import AssertedOrder, Passkey, challenge

ORIGIN = "https://console.example.org"
SITE = "console.example.org"
PRESENT, VERIFIED = 0x01, 0x04


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _made(kind: str) -> tuple[Any, Any]:
    if kind == "ES256":
        curve = ec.generate_private_key(ec.SECP256R1())
        return curve, ES256.from_cryptography_key(curve.public_key())
    if kind == "RS256":
        modulus = rsa.generate_private_key(65537, 2048)
        return modulus, RS256.from_cryptography_key(modulus.public_key())
    edwards = ed25519.Ed25519PrivateKey.generate()
    return edwards, EdDSA.from_cryptography_key(edwards.public_key())


@dataclass
class Authenticator:
    """One passkey of one caretaker, and how it answers: each part can be bent."""

    kind: str = "ES256"
    origin: str = ORIGIN
    site: str = SITE
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    type: str = "webauthn.get"
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._key, self._cose = _made(self.kind)
        self.credential = text(hashlib.sha256(cbor.encode(dict(self._cose))).digest())

    @property
    def passkey(self) -> Passkey:
        public = text(cbor.encode(dict(self._cose)))
        return Passkey(credential=self.credential, public=public, site=SITE, origin=ORIGIN)

    def sign(self, body: str, **changed: str) -> AssertedOrder:
        """Sign an order; `changed` replaces parts after the signature."""
        said = {
            "type": self.type,
            "challenge": text(challenge(body)),
            "origin": self.origin,
            "crossOrigin": False,
            **self.more,
        }
        client = json.dumps(said).encode()
        site = hashlib.sha256(self.site.encode()).digest()
        authenticator = site + struct.pack("!BL", self.flags, self.counter)
        parts = {
            "body": body,
            "credential": self.credential,
            "authenticator": text(authenticator),
            "client": text(client),
            "signature": text(self._sign(authenticator + hashlib.sha256(client).digest())),
        }
        return AssertedOrder(**{**parts, **changed})

    def _sign(self, message: bytes) -> bytes:
        if self.kind == "ES256":
            return bytes(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        if self.kind == "RS256":
            return bytes(self._key.sign(message, padding.PKCS1v15(), hashes.SHA256()))
        return bytes(self._key.sign(message))
