"""`vigie agent`: run it, enrol this machine, ask how it is, install it as a service."""

import json
import logging
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

import click

from vigie.agent import local_undo
from vigie.agent.assembly import assembled
from vigie.agent.composition import service
from vigie.agent.enrolment import Enrolment, Membership, NotAdmitted
from vigie.agent.link import Link, LinkTrouble
from vigie.agent.loop import Agent
from vigie.agent.settings import BadSettings, Settings, read
from vigie.agent.single import AlreadyRunning, Single
from vigie.agent.spool import Spool
from vigie.agent.spool_file import SpoolTrouble
from vigie.cli import _agent_undo
from vigie.domain.response import Deed
from vigie.tools import keys
from vigie.tools.home import home
from vigie.tools.service import Charge, ServiceFailed

_SYSTEM_SETTINGS = Path("/etc/vigie/agent.toml")
_ASK_AGAIN = 5.0  # seconds between two looks at the console while someone waits for approval

_settings = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    help="agent.toml; by default the one in Vigie's home, else /etc/vigie/agent.toml.",
)


@click.group()
def command() -> None:
    """Look after this machine.

    Example: vigie agent enrol ABCD-EFGH-JKLM-NPQR --console https://vigie.example
    """


@command.command()
@_settings
@click.option("--home", "named_home", type=click.Path(path_type=Path), help="Vigie's home.")
def run(settings_file: Path | None, named_home: Path | None) -> None:
    """Watch this machine until told to stop.

    Example: vigie agent run --settings /etc/vigie/agent.toml
    """
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    folder = named_home or home()
    settings = _read(settings_file, folder)
    try:
        agent = Agent(settings, folder)
        agent.run(assembled(agent, folder))
    except AlreadyRunning as trouble:
        raise click.ClickException(
            f"Un autre agent veille déjà sur cette machine avec le dossier {folder}."
        ) from trouble
    except (OSError, sqlite3.DatabaseError) as trouble:
        raise click.ClickException(
            f"L’agent ne peut pas écrire dans {folder} ({trouble}). Libérez de la place ou"
            " vérifiez les droits de ce dossier."
        ) from trouble


@command.command()
@click.argument("code")
@click.option("--console", "address", help="The console's address, https only.")
@click.option("--ca", type=click.Path(path_type=Path, exists=True), help="The authority to trust.")
@click.option("--wait/--no-wait", default=True, help="Wait for the caretaker's approval.")
@_settings
def enrol(
    code: str, address: str | None, ca: Path | None, settings_file: Path | None, *, wait: bool
) -> None:
    """Join a practice with a one-use code.

    Example: vigie agent enrol ABCD-EFGH-JKLM-NPQR --console https://vigie.example
    """
    if address is None:
        known = _read(settings_file, home()).console
        address, ca = known.address, ca or known.ca
    if address is None:
        raise click.ClickException(
            "L’adresse de la console manque\N{NO-BREAK SPACE}: ajoutez --console https://…"
        )
    try:
        enrolment = Enrolment(home() / "agent")
        membership = enrolment.apply(code, address, authority=ca)
        click.echo(
            "Comparez cette empreinte avec celle de la console, puis approuvez-la"
            f"\N{NO-BREAK SPACE}:\n  {enrolment.fingerprint}"
        )
        while wait and not membership.approved:
            time.sleep(_ASK_AGAIN)
            membership = _ask_again(enrolment, membership)
    except (NotAdmitted, LinkTrouble, OSError) as trouble:
        raise click.ClickException(f"L’inscription n’a pas abouti ({trouble}).") from trouble
    if membership.approved:
        click.echo("Cette machine fait maintenant partie du cabinet. Seuls y commanderont\u00a0:")
        for key in membership.caretakers:
            click.echo(f"  {keys.fingerprint(key)}")
        for passkey in membership.passkeys:
            print_of = keys.fingerprint(passkey.public)
            click.echo(f"  {print_of} (clé d’accès, {passkey.site})")
    else:
        click.echo("L’approbation viendra plus tard\u202f; l’agent la demandera de lui-même.")


def _ask_again(enrolment: Enrolment, membership: Membership) -> Membership:
    authority = Path(membership.authority) if membership.authority else None
    link = Link(membership.console, enrolment.key, authority=authority)
    try:
        return enrolment.poll(link)
    finally:
        link.close()


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status(*, as_json: bool) -> None:
    """Say how the agent of this machine is; exit 1 when something waits for someone.

    Example: vigie agent status --json
    """
    folder = home() / "agent"
    try:
        enrolment = Enrolment(folder)
        membership = enrolment.membership()
        spool = Spool(folder / "spool.db")
        waiting, aside = spool.waiting(), spool.set_aside()
        spool.close()
        standing = local_undo.in_force(folder)
    except (OSError, SpoolTrouble, sqlite3.DatabaseError) as trouble:
        raise click.ClickException(f"L’état de l’agent ne se lit pas ({trouble}).") from trouble
    state = {
        "running": _running(folder),
        "fingerprint": enrolment.fingerprint,
        "console": membership.console if membership else None,
        "approved": bool(membership and membership.approved),
        "caretakers": [keys.fingerprint(key) for key in membership.caretakers]
        if membership
        else [],
        "passkeys": [keys.fingerprint(passkey.public) for passkey in membership.passkeys]
        if membership
        else [],
        "waiting": waiting,
        "set_aside": aside,
        "to_undo": sorted({entry.deed.value for one in standing for entry in one.deeds}),
        "in_force": [
            {
                "report": one.report,
                "since": one.since.isoformat() if one.since else None,
                "deeds": sorted({entry.deed.value for entry in one.deeds}),
                "programs": one.programs,
                "folders": [e.target for e in one.deeds if e.deed is Deed.BLOCK],
            }
            for one in standing
        ],
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    if as_json:
        click.echo(json.dumps(state, ensure_ascii=False))
    else:
        click.echo("\n".join((*_told(state), *_agent_undo.told(standing))))
    calm = state["running"] and state["approved"] and not aside and not standing
    sys.exit(0 if calm else 1)


def _told(state: dict[str, object]) -> list[str]:
    lines = [
        "L’agent veille sur cette machine." if state["running"] else "L’agent ne tourne pas.",
        f"Empreinte de la machine\u00a0: {state['fingerprint']}",
    ]
    if not state["console"]:
        lines.append("Cette machine n’est inscrite dans aucun cabinet.")
    elif state["approved"]:
        lines.append(f"Inscrite auprès de {state['console']}.")
    else:
        lines.append(f"{state['console']} n’a pas encore approuvé cette machine.")
    lines.append(f"Comptes rendus en attente d’envoi\u00a0: {state['waiting']}.")
    if state["set_aside"]:
        lines.append(f"Comptes rendus que la console ne prend pas\u00a0: {state['set_aside']}.")
    return lines


command.add_command(_agent_undo.undo)


@command.command()
@click.option("--dry-run", is_flag=True, help="Print the service's description; change nothing.")
@click.option("--undo", is_flag=True, help="Remove the service; put back what was there before.")
@_settings
def install(settings_file: Path | None, *, dry_run: bool, undo: bool) -> None:
    """Have the system start the agent, now and at each start of the machine.

    Example: vigie agent install --dry-run
    """
    folder = home()
    system = service(folder / "agent")
    file = found_settings(settings_file, folder)
    settings = _read(file, folder)
    charge = Charge(
        command=(_program(), "agent", "run", "--settings", str(file.resolve())),
        home=folder.resolve(),
        memory=settings.memory_bytes,
    )
    if dry_run:
        click.echo(system.text(charge), nl=False)
        return
    (folder / "agent").mkdir(mode=0o700, exist_ok=True)
    try:
        if undo:
            system.remove(charge)
            click.echo("Le service est retiré.")
        else:
            system.install(charge)
            click.echo(f"Le service est en place ({system.file}).")
    except (ServiceFailed, OSError) as trouble:
        raise click.ClickException(
            f"Le système n’a pas pris le service ({trouble}). Essayez en tant qu’administrateur."
        ) from trouble


def _program() -> str:
    return str(Path(sys.argv[0]).resolve())


def _running(folder: Path) -> bool:
    try:
        Single(folder / "agent.lock").release()
    except AlreadyRunning:
        return True
    return False


def found_settings(named: Path | None, folder: Path) -> Path:
    """Return the agent.toml that was named, or the one in force here."""
    if named:
        return named
    own = folder / "agent.toml"
    return own if own.exists() else _SYSTEM_SETTINGS


def _read(named: Path | None, folder: Path) -> Settings:
    try:
        return read(found_settings(named, folder))
    except BadSettings as trouble:
        raise click.ClickException(str(trouble)) from trouble
