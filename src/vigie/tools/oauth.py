"""Access tokens for a mailbox, from the practice's own registration at its provider (RFC 6749).

Only the refresh token is kept, in a file of the practice; an access token lives in memory.
"""

import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import urllib3

from vigie.tools.kept_file import keep
from vigie.tools.smtp import Credentials, NoAnswer, Refused

PATIENCE = timedelta(seconds=20)
EARLY = timedelta(minutes=2)  # a token that ends during a sign-in is no use
_OK, _WRONG = 200, range(400, 500)
_BUSY = 429


@dataclass(slots=True, kw_only=True)
class Tokens:
    """Where tokens come from: `address` is the provider's token endpoint, https."""

    address: str
    client: str
    login: str
    refresh_file: Path
    secret_file: Path | None = None
    scope: str = ""
    authority: Path | None = None
    _token: str = field(default="", repr=False)
    _ends: float = 0.0

    def credentials(self) -> Credentials:
        """Return credentials with a token that is still good.

        Raise NoAnswer when the provider is out of reach, Refused when it gives no token any more.
        """
        if time.monotonic() >= self._ends:
            self._renew()
        return Credentials(mechanism="XOAUTH2", login=self.login, secret=self._token)

    def _renew(self) -> None:
        fields = {
            "grant_type": "refresh_token",
            "client_id": self.client,
            "refresh_token": self.refresh_file.read_text("utf-8").strip(),
        }
        if self.secret_file:
            fields["client_secret"] = self.secret_file.read_text("utf-8").strip()
        if self.scope:
            fields["scope"] = self.scope
        try:
            with urllib3.PoolManager(
                ca_certs=str(self.authority) if self.authority else None,
                timeout=PATIENCE.total_seconds(),
                retries=False,
            ) as pool:
                answer = pool.request("POST", self.address, fields=fields, encode_multipart=False)
        except urllib3.exceptions.HTTPError as trouble:
            raise NoAnswer(str(trouble)) from trouble
        if answer.status in _WRONG and answer.status != _BUSY:
            raise Refused(535, f"no token: {answer.status}")
        try:
            said = json.loads(answer.data) if answer.status == _OK else {}
            self._token = str(said["access_token"])
            lasts = float(said.get("expires_in", 0))
        except (ValueError, KeyError, TypeError) as trouble:
            raise NoAnswer(f"no token: {answer.status}") from trouble
        self._ends = time.monotonic() + max(0.0, lasts - EARLY.total_seconds())
        if said.get("refresh_token"):  # some providers give a new one each time, and end the old
            keep(self.refresh_file, str(said["refresh_token"]).encode())
