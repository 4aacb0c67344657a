"""`vigie start`: a practice of one machine, to see Vigie at work."""

import signal
import sys
import time

import click

from vigie.cli import rehearse
from vigie.cli._embedded import Premises
from vigie.domain.danger import Danger
from vigie.tools.home import home

GLANCE = 0.2  # seconds between two looks
DELIVERED = 90.0  # seconds for the agent to bring the proofs to the console


@click.command()
@click.option("--once", is_flag=True, help="End after the rehearsal, with its exit status.")
@click.option("--port", default=8800, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--only", multiple=True, type=click.Choice([danger.value for danger in Danger]),
    help="Rehearse only this danger; may be given again.",
)  # fmt: skip
def command(port: int, only: tuple[str, ...], *, once: bool) -> None:
    """Make a practice of one machine, play the incidents, and show the console.

    Example: vigie start --once --only ransomware
    """
    premises = Premises(home(), port)
    _say(f"{premises.furnish()} documents d’essai dans {premises.documents}")
    practice, link = premises.people()
    with premises.console():
        premises.enrol(practice)
        _say("Sauvegarde, et sa restauration d’essai")
        premises.back_up()
        with premises.agent():
            _say("L’agent veille. On joue les incidents, sur des documents d’essai :\n")
            held = rehearse.run([Danger(name) for name in only] or list(Danger))
            _wait_for_delivery(premises)
            _say(f"\nLa console : {premises.address}/cabinets/{practice}/")
            if link:
                _say(f"Pour y entrer la première fois, avec le nom « karim » : {link}")
            if not once:
                _say("Ctrl-C pour finir.")
                signal.signal(signal.SIGTERM, signal.default_int_handler)
                try:
                    signal.pause()
                except KeyboardInterrupt:
                    _say("Fin de la veille.")
    sys.exit(0 if held else 1)


def _wait_for_delivery(premises: Premises) -> None:
    """Wait until the console has every proof, so that its page shows them."""
    limit = time.monotonic() + DELIVERED
    while not premises.delivered() and time.monotonic() < limit:
        time.sleep(GLANCE)


def _say(text: str) -> None:
    click.echo(text)
