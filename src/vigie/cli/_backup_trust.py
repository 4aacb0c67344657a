"""The half of `vigie backup` that trusts nothing: prove, status, check, retain."""

import time
from contextlib import closing
from datetime import UTC, datetime

import click

from vigie.cli._backup_desk import Desk, at_desk, journal_file
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.phrasebook import say_trial
from vigie.routines.backups import times
from vigie.routines.backups.checking import accept_keys as accept
from vigie.routines.backups.checking import check as check_place
from vigie.routines.backups.disks import on_another_disk
from vigie.routines.backups.keeping import SHORTEST
from vigie.routines.backups.keeping import retain as retain_place
from vigie.routines.backups.plan import Place
from vigie.routines.restore_proofs.apart import open_apart
from vigie.routines.restore_proofs.proving import (
    MONTHLY,
    TRIAL,
    WEEKLY,
    NothingToProve,
    Prover,
)
from vigie.tools.journal import Journal, latest_trials


@click.command()
@click.option("--files", type=click.IntRange(1), help="How many files to draw.")
@click.option("--weekly", "size", flag_value=WEEKLY, type=int, default=True, help="60 files.")
@click.option("--monthly", "size", flag_value=MONTHLY, type=int,
              help="299 files and every database.")  # fmt: skip
@at_desk
def prove(desk: Desk, *, files: int | None, size: int) -> int:
    """Restore a random sample, compare it with what was recorded, open it, and write the proof.

    Example: vigie backup prove --monthly
    """
    status = 0
    for place in desk.plan.places:
        with closing(Journal(journal_file())) as journal:
            prover = Prover(room=desk.room, journal=journal, machine="local", opener=open_apart)
            try:
                proven = prover.run(place, files=files or size, all_databases=size == MONTHLY)
            except NothingToProve:
                raise click.ClickException(
                    f"Rien à prouver encore à «\u00a0{place.name}\u00a0»\u00a0: faites d’abord"
                    " une sauvegarde avec «\u00a0vigie backup now\u00a0»."
                ) from None
        proof = proven.proof
        sentence = say_trial(
            Danger.RANSOMWARE,
            TRIAL,
            held=proof.held,
            language=desk.answers.language,
            numbers=proof.numbers,
        )
        more = {
            "trial": TRIAL,
            "held": proof.held,
            "at": proof.at.isoformat(),
            "expires": proof.expires.isoformat(),
            "numbers": dict(proof.numbers),
        }
        seconds = float(proof.numbers["seconds"])
        given = desk.answers.give(
            place.location, proven.findings, sentence=sentence, seconds=seconds, more=more
        )
        status = max(status, given)
    return status


@click.command()
@at_desk
def status(desk: Desk) -> int:
    """Say when each place was last used, and what is missing from 3-2-1-1-0.

    Example: vigie backup status
    """
    at, gravest = datetime.now(UTC), 0
    states = desk.room.state().places
    for place in desk.plan.places:
        state = desk.room.place(place)
        findings = _troubles(place, state.troubled)
        made = f"{state.made.astimezone():%Y-%m-%d %H:%M}" if state.made else "jamais"
        sentence = f"{place.name}\u00a0: dernière sauvegarde {made}."
        more = {"repository": place.pseudonym, "snapshots": state.snapshots,
                "latest": state.made.isoformat() if state.made else None,
                "checked": state.checked.isoformat() if state.checked else None}  # fmt: skip
        gravest = max(
            gravest, desk.answers.give(place.location, findings, sentence=sentence, more=more)
        )
    missing = times.missing(
        desk.plan, states, proven=_proven(), other_disk=on_another_disk(desk.plan), now=at
    )
    findings = [Finding(gravity=Gravity.CONCERN, fact=f"backup_lacks_{slug}") for slug in missing]
    return max(gravest, desk.answers.give("3-2-1-1-0", findings, more={"missing": missing}))


def _troubles(place: Place, fact: str) -> list[Finding]:
    if not fact:
        return []
    clues = {"subject": place.name, "place": place.name, "said": ""}
    return [Finding(gravity=Gravity.ALARM, fact=fact, clues=clues)]


def _proven() -> datetime | None:
    """Return when a restore was last proven on this machine."""
    if not journal_file().exists():
        return None
    with closing(Journal(journal_file())) as journal:
        proof = latest_trials(journal).get((Danger.RANSOMWARE, TRIAL))
    return proof.at if proof and proof.held else None


@click.command()
@click.option("--structure-only", is_flag=True, help="Without reading a thirtieth of the data.")
@click.option("--accept-keys", is_flag=True, help="The keys now in the repository are all right.")
@at_desk
def check(desk: Desk, *, structure_only: bool, accept_keys: bool) -> int:
    """Check each repository: its structure, a thirtieth of its data, and its keys.

    Example: vigie backup check
    """
    gravest = 0
    for place in desk.plan.places:
        begun = time.monotonic()
        if accept_keys:
            accept(desk.room, place)
        findings = check_place(desk.room, place, read=not structure_only)
        sentence = "" if findings else f"{place.name}\u00a0: tout se relit."
        part = desk.room.place(place).part
        given = desk.answers.give(
            place.location, findings, sentence=sentence,
            seconds=time.monotonic() - begun, more={"part": part},
        )  # fmt: skip
        gravest = max(gravest, given)
    return gravest


@click.command()
@click.option("--within", default=SHORTEST, help="What is kept, before the newest: 1y, 6m, 90d.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--settled", is_flag=True, help="The damaged documents have been looked at.")
@at_desk
def retain(desk: Desk, *, within: str, dry_run: bool, settled: bool) -> int:
    """Remove old snapshots, where the repository lies and never on the practice's machine.

    Example: vigie backup retain --repository /srv/vigie/cabinet --password-file clé --dry-run
    """
    place, begun = desk.only_place(), time.monotonic()
    try:
        kept = retain_place(
            desk.room.restic(place), within=within, dry_run=dry_run, settled=settled
        )
    except ValueError as wrong:
        raise click.ClickException(
            f"«\u00a0{wrong}\u00a0» ne convient pas\u00a0: il faut une durée comme 1y, 6m ou 90d,"
            " et un dépôt sur un disque de cette machine."
        ) from wrong
    verb = "partiraient" if dry_run else "sont parties"
    sentence = "" if kept.findings else f"{len(kept.removed)} sauvegardes anciennes {verb}."
    more = {"removed": kept.removed, "dry_run": dry_run}
    return desk.answers.give(
        place.location, kept.findings, sentence=sentence,
        seconds=time.monotonic() - begun, more=more,
    )  # fmt: skip
