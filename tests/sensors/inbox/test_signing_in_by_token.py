"""XOAUTH2 before a real Dovecot, which checks each access token itself (RFC 7519)."""

import base64
import hashlib
import hmac
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mail_room import LOGIN, SECRET, MailRoom
from provider import observing, until

from vigie.sensors import SensorBlind
from vigie.tools import dovecot
from vigie.tools.smtp import Credentials

KEY = b"the key of an authorization server of our own"
_PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {place}/tokens.conf
}}
"""
_TOKENS = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={place}/keys/
username_attribute = sub
"""


def token(login: str, lasts: float) -> str:
    """Return a signed access token for `login` that ends after `lasts` seconds."""
    now = int(time.time())
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": login, "iat": now, "exp": int(now + lasts)}]
    said = b".".join(_b64(json.dumps(part).encode()) for part in parts)
    return (said + b"." + _b64(hmac.new(KEY, said, hashlib.sha256).digest())).decode()


def _b64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Dovecot]:
    place = Path(tempfile.mkdtemp(prefix="vigie-imap-"))
    place.chmod(0o755)
    keys = place / "keys" / "default" / "HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_bytes(base64.b64encode(KEY))
    (place / "tokens.conf").write_text(_TOKENS.format(place=place), "utf-8")
    accounts = {f"{LOGIN}{n}": SECRET for n in range(40)}
    more = _PASSDB.format(place=place)
    try:
        with dovecot.running(
            place / "d", accounts, mechanisms="plain xoauth2", more=more
        ) as running:
            yield running
    finally:
        shutil.rmtree(place)


class RoomByToken(MailRoom):
    """A mail room whose sensor signs in with a token; everybody else has the password."""

    token: Callable[[], str]

    def inbox_credentials(self) -> Credentials:
        return Credentials(mechanism="XOAUTH2", login=self.login, secret=self.token())


def test_a_letter_is_put_aside_by_whoever_signed_in_with_a_token(
    server: dovecot.Dovecot, tmp_path: Path
) -> None:
    with RoomByToken(server, tmp_path) as room:
        room.token = lambda: token(room.login, 600)
        room.watch()
        room.put(b"Subject: Remboursement\r\n\r\nbonjour\r\n")
        assert until(lambda: room.states() == ["held"])


@pytest.mark.parametrize("lasts", [-60.0, 600.0])
def test_a_token_that_is_old_or_of_somebody_else_is_blindness(
    server: dovecot.Dovecot, tmp_path: Path, lasts: float
) -> None:
    with RoomByToken(server, tmp_path) as room:
        room.token = lambda: token(room.login if lasts < 0 else "somebody", lasts)
        with pytest.raises(SensorBlind), observing(room.inbox()):
            until(lambda: False, 4)
