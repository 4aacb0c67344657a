"""NUT (Network UPS Tools): what a UPS says, asked of `upsd` in its own few words.

The protocol is that of RFC 9271, "Uninterruptible Power Supply (UPS) Management Protocol":
commands and answers of one line each. Answers are bounded, and nothing in them is believed but
numbers and the known words of a status.
"""

import re
import shlex
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

PORT = 3493
PATIENCE = 2.0  # seconds: upsd answers at once, or not at all
LONGEST = 64 * 1024  # bytes of one answer
WORDS = frozenset({"OL", "OB", "LB", "FSD", "HB", "RB", "CHRG", "DISCHRG", "BYPASS", "CAL", "OFF"})
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")


class NutFailed(Exception):
    """The UPS says nothing. `reason`: no_answer (no upsd), no_ups (it knows none), stale."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One reading: the words of the status, the promised runtime in seconds, the charge in %."""

    status: frozenset[str]
    runtime: int | None = None
    charge: int | None = None

    @property
    def on_battery(self) -> bool:
        """Return whether the mains is gone."""
        return "OB" in self.status

    @property
    def low(self) -> bool:
        """Return whether the UPS says that the end is near, or was told to switch off."""
        return bool(self.status & {"LB", "FSD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nut:
    """One upsd, and the name of its UPS; without a name, the first it knows."""

    host: str = "127.0.0.1"
    port: int = PORT
    name: str = ""

    @classmethod
    def at(cls, address: str) -> "Nut":
        """Read NUT's own way to name a UPS: `name@host:port`, each part but the host optional."""
        name, at, where = address.rpartition("@")
        host, _, port = where.partition(":")
        return cls(host=host or "127.0.0.1", port=int(port or PORT), name=name if at else "")

    def read(self) -> Said:
        """Return what the UPS says now. Raise NutFailed."""
        try:
            with socket.create_connection((self.host, self.port), PATIENCE) as line:
                line.settimeout(PATIENCE)
                name = self.name or _first(_ask(line, "LIST UPS", "END LIST UPS"))
                return _said(_variables(_ask(line, f"LIST VAR {name}", f"END LIST VAR {name}")))
        except OSError as failure:
            raise NutFailed("no_answer") from failure


def _ask(line: socket.socket, question: str, until: str) -> list[str]:
    """Return the lines of an answer. Raise NutFailed for a refusal, OSError for a dead line."""
    line.sendall(f"{question}\n".encode())
    raw = b""
    while True:
        piece = line.recv(4096)
        raw += piece
        lines = raw.decode("utf-8", "replace").splitlines()
        if lines and lines[0].startswith("ERR "):
            unknown = lines[0].startswith("ERR UNKNOWN-UPS")
            raise NutFailed("no_ups" if unknown else "stale")
        if until in lines:
            return lines
        if not piece or len(raw) > LONGEST:
            raise NutFailed("no_answer")


def _first(lines: list[str]) -> str:
    names = [
        words[1] for text in lines if (words := _words(text))[:1] == ["UPS"] and len(words) > 1
    ]
    if not names:
        raise NutFailed("no_ups")
    return names[0]


def _variables(lines: list[str]) -> Mapping[str, str]:
    split = (_words(text) for text in lines)
    return {words[2]: words[3] for words in split if words[:1] == ["VAR"] and len(words) == 4}  # noqa: PLR2004  (VAR ups name value)


def _words(text: str) -> list[str]:
    with suppress(ValueError):
        return shlex.split(text)
    return []


def _said(variables: Mapping[str, str]) -> Said:
    status = frozenset(variables.get("ups.status", "").split()) & WORDS
    if not status:
        raise NutFailed("stale")  # a driver that has not yet heard anything says WAIT
    return Said(
        status=status,
        runtime=_number(variables.get("battery.runtime", "")),
        charge=_number(variables.get("battery.charge", "")),
    )


def _number(text: str) -> int | None:
    return max(0, round(float(text))) if _NUMBER.fullmatch(text) else None
