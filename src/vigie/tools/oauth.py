"""Access tokens for a mailbox, from the practice's own registration at its provider (RFC 6749).

Only the refresh token is kept, in a file of the practice; an access token lives in memory. The
first one comes from a person's consent in their own browser, on any machine (RFC 8628).
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import urllib3

from vigie.tools.kept_file import keep
from vigie.tools.smtp import Credentials, NoAnswer, Refused

PATIENCE = timedelta(seconds=20)
EARLY = timedelta(minutes=2)  # a token that ends during a sign-in is no use
_OK, _WRONG = 200, range(400, 500)
_BUSY = 429
_EVERY, _SLOWER = 5, 5  # seconds between two looks, and how much longer when we are asked to wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a person needs to agree: the page to open, and the code to type there."""

    page: str
    code: str
    device: str = field(repr=False)
    every: timedelta
    ends: float


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
        if self.scope:
            fields["scope"] = self.scope
        status, said = self._ask(self.address, fields)
        self._take(status, said)

    def _take(self, status: int, said: Mapping[str, Any]) -> None:
        if status in _WRONG and status != _BUSY:
            raise Refused(535, f"no token: {status}")
        if status != _OK:
            raise NoAnswer(f"no token: {status}")
        try:
            self._token = str(said["access_token"])
            lasts = float(said.get("expires_in", 0))
        except (ValueError, KeyError, TypeError) as trouble:
            raise NoAnswer(f"no token: {status}") from trouble
        self._ends = time.monotonic() + max(0.0, lasts - EARLY.total_seconds())
        if said.get("refresh_token"):  # some providers give a new one each time, and end the old
            keep(self.refresh_file, str(said["refresh_token"]).encode())

    def ask_consent(self, device_address: str) -> Consent:
        """Begin to ask a person for consent. Raise NoAnswer, or Refused by the provider."""
        fields = {"client_id": self.client}
        if self.scope:
            fields["scope"] = self.scope
        status, said = self._ask(device_address, fields)
        if status in _WRONG and status != _BUSY:
            raise Refused(535, str(said.get("error", status)))
        try:
            return Consent(
                page=str(said.get("verification_uri") or said["verification_url"]),
                code=str(said["user_code"]),
                device=str(said["device_code"]),
                every=timedelta(seconds=float(said.get("interval", _EVERY))),
                ends=time.monotonic() + float(said["expires_in"]),
            )
        except (KeyError, TypeError, ValueError) as trouble:
            raise NoAnswer(f"no code: {status}") from trouble

    def await_consent(self, consent: Consent, sleep: Callable[[float], None] = time.sleep) -> None:
        """Wait until the person has agreed, and keep the refresh token they gave.

        Raise Refused when they do not agree, or not in time, and NoAnswer when the provider gives
        no refresh token.
        """
        fields = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "client_id": self.client,
            "device_code": consent.device,
        }
        every = consent.every.total_seconds()
        while time.monotonic() < consent.ends:
            sleep(every)
            status, said = self._ask(self.address, fields)
            error = said.get("error")
            if error == "slow_down":
                every += _SLOWER
            elif error != "authorization_pending":
                if not error and not said.get("refresh_token"):
                    raise NoAnswer("no refresh token: offline access was not granted")
                self._take(status, said)
                return
        raise Refused(535, "nobody agreed in time")

    def _ask(self, address: str, fields: dict[str, str]) -> tuple[int, Mapping[str, Any]]:
        """Ask an endpoint; return its status, and what it said where that is an object."""
        if self.secret_file:
            fields["client_secret"] = self.secret_file.read_text("utf-8").strip()
        try:
            with urllib3.PoolManager(
                ca_certs=str(self.authority) if self.authority else None,
                timeout=PATIENCE.total_seconds(),
                retries=False,
            ) as pool:
                answer = pool.request("POST", address, fields=fields, encode_multipart=False)
        except urllib3.exceptions.HTTPError as trouble:
            raise NoAnswer(str(trouble)) from trouble
        try:
            said = json.loads(answer.data)
        except ValueError:
            said = {}
        return answer.status, said if isinstance(said, dict) else {}
