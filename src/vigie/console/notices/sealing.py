"""Where an address leads is a secret: it often holds a password or a token."""

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from vigie.console.keys import cipher
from vigie.console.notices.models import Address

_PURPOSE = "address of a person"


def seal(address: str) -> str:
    """Return the address sealed with the key in use."""
    return cipher(_keys(), _PURPOSE).encrypt(address.encode()).decode()


def opened(sealed: str) -> str:
    """Return the address again. Raise InvalidToken (cryptography) when no kept key opens it."""
    return cipher(_keys(), _PURPOSE).decrypt(sealed.encode()).decode()


def seal_again() -> int:
    """Seal each address with the key in use; return how many another key had sealed.

    Without this, the third rotation of the keys would lose every address.
    """
    newest = cipher(_keys()[:1], _PURPOSE)
    rotated = cipher(_keys(), _PURPOSE)
    changed = 0
    for row in Address.objects.only("pk", "sealed").iterator():
        token = row.sealed.encode()
        if not _opens(newest, token) and _opens(rotated, token):
            now_sealed = rotated.rotate(token).decode()
            changed += Address.objects.filter(pk=row.pk, sealed=row.sealed).update(
                sealed=now_sealed
            )
    return changed


def _opens(with_keys: MultiFernet, token: bytes) -> bool:
    try:
        with_keys.decrypt(token)
    except InvalidToken:
        return False
    return True


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
