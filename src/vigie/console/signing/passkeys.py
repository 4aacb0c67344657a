"""The passkeys of caretakers, as a machine is to pin them."""

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
from allauth.mfa.models import Authenticator
from fido2 import cbor
from fido2.webauthn import RegistrationResponse

from vigie.console.accounts.models import ACTING, Person
from vigie.console.practices.models import Practice
from vigie.tools.passkeys import readable
from vigie.wire.passkeys import Passkey


def of_person(person: Person) -> tuple[Passkey, ...]:
    """Return the passkeys a person may sign orders with, the oldest first."""
    return tuple(_read(Authenticator.objects.filter(user=person)))


def of_practice(practice: Practice) -> tuple[Passkey, ...]:
    """Return the passkeys of all who may act for a practice, the oldest first."""
    acting = practice.caretakers.filter(role__in=ACTING, is_active=True)
    return tuple(_read(Authenticator.objects.filter(user__in=acting)))


def _read(rows: Any) -> Iterator[Passkey]:  # noqa: ANN401  (allauth has no types)
    for row in rows.filter(type=Authenticator.Type.WEBAUTHN).order_by("id"):
        if (passkey := _passkey(row.data["credential"])) is not None:
            yield passkey


def _passkey(registered: dict[str, Any]) -> Passkey | None:
    """Return what was registered as a machine pins it; None for a kind that may not sign."""
    response = RegistrationResponse.from_dict(registered).response
    made = response.attestation_object.auth_data.credential_data
    if made is None:
        return None
    origin = response.client_data.origin
    said = {
        "credential": _text(made.credential_id),
        "public": _text(cbor.encode(dict(made.public_key))),
        "site": urlsplit(origin).hostname or "",
        "origin": origin,
    }
    try:
        passkey = msgspec.convert(said, Passkey)
    except msgspec.ValidationError:
        return None
    return passkey if readable(passkey.public) else None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
