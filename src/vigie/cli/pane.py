"""`vigie pane`: open the page for the people at this machine."""

import os
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

import click

from vigie.agent.pane import way_in
from vigie.agent.pane.way_in import NoWayIn, WayIn
from vigie.tools.home import home

_ENTRY = """\
[Desktop Entry]
Type=Application
Name=Vigie
Comment=Un doute ? Un message, un fichier, une photo, un texte
Comment[de]=Im Zweifel? Eine Nachricht, eine Datei, ein Foto, ein Text
Comment[en]=In doubt? A message, a file, a photo, a text
Exec={program} pane open
Icon={icon}
Terminal=false
Categories=Utility;
"""
_WHY = {
    "forbidden": "Cette page est réservée au groupe «\u00a0vigie\u00a0» de cet ordinateur."
    " Demandez à y entrer.",
    "absent": "La page n’est pas ouverte sur cet ordinateur. L’agent y veille-t-il\u202f?",
    "stranger": "Ce n’est pas Vigie qui répond à cet endroit. Prévenez la personne qui s’occupe"
    " de vos ordinateurs.",
}


@click.group()
def command() -> None:
    """Open the page on this machine: the doubt desk and the glass pane.

    Example: vigie pane open
    """


@command.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the address, open nothing.")
def open_(*, only_print: bool) -> None:
    """Open the page in the browser; the address works once, for a minute.

    Example: vigie pane open
    """
    way = _way()
    if only_print:
        click.echo(way.opening())
    elif not webbrowser.open(_step(way).as_uri()):
        raise click.ClickException(
            "Aucun navigateur ne s’est ouvert. L’adresse vient avec «\u00a0--print\u00a0»."
        )


@command.command()
@click.option("--everybody", is_flag=True, help="For every account of this machine.")
def shortcut(*, everybody: bool) -> None:
    """Put Vigie into the menu of this desktop.

    Example: vigie pane shortcut --everybody
    """
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    folder = (Path("/usr/local/share") if everybody else Path(data)) / "applications"
    icon = Path(__file__).parents[1] / "console" / "desk" / "static" / "desk" / "vigie.svg"
    program = shutil.which("vigie") or str(Path(sys.argv[0]).resolve())
    file = folder / "vigie.desktop"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(_ENTRY.format(program=program, icon=icon), "utf-8")
        file.chmod(0o644)
    except OSError as trouble:
        raise click.ClickException(
            f"{file} ne peut pas être écrit ({trouble.strerror}). Essayez en administrateur."
        ) from trouble
    click.echo(f"Vigie est dans le menu ({file}).")


def _way() -> WayIn:
    try:
        way = way_in.read(home())
        if not way_in.is_ours(way):
            raise NoWayIn("stranger" if _answers(way) else "absent")  # noqa: TRY301  (said alike)
    except NoWayIn as trouble:
        raise click.ClickException(_WHY[str(trouble)]) from trouble
    return way


def _answers(way: WayIn) -> bool:
    import socket  # noqa: PLC0415  (for one question)

    try:
        socket.create_connection((way_in.ADDRESS, way.port), 1).close()
    except OSError:
        return False
    return True


def _step(way: WayIn) -> Path:
    """Return a page of one's own that goes on to the pane.

    The ticket is in a file that only this person can read: what stands in the arguments of a
    program, everybody on the machine can see.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(tempfile.mkdtemp(prefix="vigie-", dir=runtime or None))
    page = folder / "vigie.html"
    page.touch(mode=0o600)
    page.write_text(
        f'<!DOCTYPE html><meta http-equiv="refresh" content="0;url={way.opening()}">', "utf-8"
    )
    subprocess.Popen(  # the page is of no use after a minute, nor is its file
        [sys.executable, "-c", _SWEEP, str(folder)], start_new_session=True
    )
    return page


_SWEEP = "import shutil, sys, time; time.sleep(60); shutil.rmtree(sys.argv[1], True)"
