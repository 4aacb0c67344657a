"""What allauth asks us: nobody signs up by themselves, and second factors are sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from vigie.console.keys import cipher


class NobodySignsUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made on the command line only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no self sign-up."""
        del request
        return False


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors are sealed in the database by keys that stand outside it."""

    def encrypt(self, text: str) -> str:
        """Return `text` sealed with the key in use."""
        return cipher(_keys()).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text again, sealed with any key still kept."""
        return cipher(_keys()).decrypt(encrypted_text.encode()).decode()


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
