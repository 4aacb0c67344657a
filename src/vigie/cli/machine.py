"""`vigie machine`: how this machine stands, as the agent's daily look sees it."""

import time
from datetime import UTC, datetime

import click

from vigie.agent.machine_watch import screens_lock, system
from vigie.cli._answers import Answers
from vigie.cli._look_passwords import settings_here
from vigie.domain.practice import ConsultationHours, Language
from vigie.routines.surveillance.duty import SurveillanceDuty
from vigie.routines.surveillance.judging import RULES, checks, wrong
from vigie.tools.home import home


@click.command()
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def command(language: str, *, as_json: bool) -> None:
    """Look at this machine: disks, firewall, antivirus, encryption, locking, age, updates.

    Example: vigie machine --json
    """
    answers, began = Answers(as_json=as_json, language=Language(language)), time.perf_counter()
    said = settings_here()
    duty = SurveillanceDuty(
        system=system(),
        memory=home() / "machine.json",
        machine="check",
        folders=said.watch.folders if said else (),
        consultations=ConsultationHours(),
        say=lambda _danger, _findings: None,
        locks=screens_lock,
        clock=lambda: datetime.now(UTC),
    )
    found = checks(duty.look(), {})
    bad = [check for check in found if check.held is False and check.name in RULES]
    known = sum(check.held is not None for check in found)
    status = answers.answer(
        "machine",
        [(RULES[check.name].danger, wrong(check)) for check in bad],
        sentence="" if bad else f"{known} points vus sur {len(found)}\u202f; rien à signaler.",
        seconds=time.perf_counter() - began,
        more={"checks": {check.name: check.held for check in found}},
    )
    raise click.exceptions.Exit(status)
