"""A passkey that was registered in the console, as its ceremony leaves it."""

import base64
import hashlib
import json

from allauth.mfa.models import Authenticator as Registered
from authenticator import ORIGIN, SITE, Authenticator, text
from fido2 import cbor

from vigie.console.accounts.models import Person


def registered(person: Person, key: Authenticator) -> None:
    """Keep a passkey as allauth keeps it after its ceremony."""
    cose = cbor.decode(_raw(key.passkey.public))
    made = _raw(key.credential)
    about = bytes(16) + len(made).to_bytes(2, "big") + made + cbor.encode(cose)
    site = hashlib.sha256(SITE.encode()).digest()
    attestation = {"fmt": "none", "attStmt": {}, "authData": site + b"\x45" + bytes(4) + about}
    client = {"type": "webauthn.create", "challenge": text(bytes(32)), "origin": ORIGIN}
    response = {
        "clientDataJSON": text(json.dumps(client).encode()),
        "attestationObject": text(cbor.encode(attestation)),
    }
    credential = {
        "id": key.credential, "rawId": key.credential, "type": "public-key",
        "response": response, "clientExtensionResults": {},
    }  # fmt: skip
    Registered.objects.create(
        user=person, type=Registered.Type.WEBAUTHN, data={"name": "clé", "credential": credential}
    )


def _raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
