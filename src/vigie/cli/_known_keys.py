"""The register of keys at the command line: what this machine knows, and what a person decides."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import click

from vigie.domain.evidence.usb import Standing
from vigie.tools.home import home
from vigie.tools.usb.register import FILE, Known, NeverForGood, Register

_WORDS = {
    Standing.UNKNOWN: "inconnue",
    Standing.ALWAYS: "autorisée",
    Standing.ONCE: "autorisée une fois",
    Standing.NEVER: "refusée",
    Standing.OWN: "clavier ou souris de ce poste",
}


@contextmanager
def _register() -> Iterator[Register]:
    try:
        home().mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(Register(home() / FILE)) as register:
            yield register
    except (OSError, sqlite3.DatabaseError) as trouble:
        raise click.ClickException(
            f"Le registre des clés ne peut pas être lu ({trouble}). Relancez en administrateur."
        ) from trouble


def rows() -> list[dict[str, object]]:
    """Return every device this machine has seen, the latest first."""
    with _register() as register:
        return [
            {
                "number": known.number,
                "title": known.device.title or known.device.model,
                "model": known.device.model,
                "serial": known.device.serial,
                "interfaces": [
                    f"{i.kind:02x}:{i.subclass:02x}:{i.protocol:02x}"
                    for i in sorted(known.device.interfaces)
                ],
                "standing": known.standing.value,
                "seen": known.seen.isoformat(timespec="seconds"),
            }
            for known in register.known()
        ]


def told(row: dict[str, object]) -> str:
    """Return one line about a device, for people."""
    standing = _WORDS[Standing(str(row["standing"]))]
    seen = datetime.fromisoformat(str(row["seen"])).astimezone()
    serial = row["serial"] or "sans numéro de série"
    return f"{row['number']}  {row['title']} ({serial})  {standing}, vue le {seen:%d/%m à %H:%M}"


def decide(said: str, standing: Standing) -> str:
    """Write a decision down; return the sentence about it. Raise ClickException."""
    with _register() as register:
        known = _named(register, said)
        try:
            register.decide(known.number, standing, datetime.now(UTC))
        except NeverForGood as trouble:
            raise click.ClickException(
                "Cette clé n’a pas de numéro de série\u00a0: une autre passerait pour elle. "
                "Autorisez-la une fois, avec --once."
            ) from trouble
        return f"«\u00a0{known.device.title or known.device.model}\u00a0» est {_WORDS[standing]}."


def forget(said: str) -> str:
    """Forget a device; return the sentence about it. Raise ClickException."""
    with _register() as register:
        known = _named(register, said)
        register.forget(known.number)
        return f"«\u00a0{known.device.title or known.device.model}\u00a0» est oubliée."


def _named(register: Register, said: str) -> Known:
    """Return the one device whose number begins so, or whose serial number it is."""
    found = [
        known
        for known in register.known()
        if str(known.number).startswith(said) or known.device.serial == said
    ]
    if len(found) != 1:
        some = "Plusieurs clés répondent" if found else "Aucune clé ne répond"
        raise click.ClickException(
            f"{some} à {said}\u202f; «\u00a0vigie usb list\u00a0» les montre."
        )
    return found[0]
