"""What people signed in with, sealed with the machine's key: a message waits longer than a line."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path

from vigie.tools.seal import Seal
from vigie.tools.smtp import Credentials

TRUSTED_FOR = timedelta(days=30)  # while the provider is out of reach, the same password is let in


class KnownCredentials:
    """The latest credentials of each account that the provider has let in, in `folder`.

    Neither the disk nor this process's memory holds them open: each use unseals them.
    """

    def __init__(self, folder: Path, seal: Seal) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._seal = folder, seal
        self._sealed: dict[str, bytes] = {}

    def remember(self, credentials: Credentials, now: datetime) -> None:
        """Keep credentials that the provider has just let in; write only what is news."""
        known = self._read(credentials.login)
        if known and self._same(known[0], credentials) and now - known[1] < TRUSTED_FOR / 2:
            return
        secret = json.dumps(
            {
                "mechanism": credentials.mechanism,
                "login": credentials.login,
                "secret": credentials.secret,
                "at": now.isoformat(),
            }
        ).encode()
        self._seal.write(self._file(credentials.login), secret)
        self._sealed[credentials.login] = self._file(credentials.login).read_bytes()

    def of(self, login: str) -> Credentials | None:
        """Return the latest credentials of an account, or None."""
        known = self._read(login)
        return known[0] if known else None

    def vouches_for(self, credentials: Credentials, now: datetime) -> bool:
        """Return whether the provider has let in exactly these, not too long ago."""
        known = self._read(credentials.login)
        return bool(known and self._same(known[0], credentials) and now - known[1] <= TRUSTED_FOR)

    @staticmethod
    def _same(one: Credentials, other: Credentials) -> bool:
        return hmac.compare_digest(one.secret.encode(), other.secret.encode())

    def _read(self, login: str) -> tuple[Credentials, datetime] | None:
        sealed = self._sealed.get(login)
        if sealed is None:
            try:
                sealed = self._sealed[login] = self._file(login).read_bytes()
            except OSError:
                return None
        opened = self._seal.open(sealed)
        if opened is None:  # another machine's key: it is asked for again
            return None
        kept = json.loads(opened)
        return (
            Credentials(mechanism=kept["mechanism"], login=kept["login"], secret=kept["secret"]),
            datetime.fromisoformat(kept["at"]),
        )

    def _file(self, login: str) -> Path:
        return self._folder / f"{hashlib.sha256(login.encode()).hexdigest()[:32]}.sealed"
