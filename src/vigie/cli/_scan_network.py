"""`vigie scan network`: every device, its open doors with their proof, and how to close them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import FAILED, NOTHING, Answers, bar
from vigie.domain.danger import Danger
from vigie.domain.evidence.printers import DataAged, Device, DeviceGone, DeviceSeen
from vigie.domain.finding import Finding
from vigie.domain.practice import Language, Reader
from vigie.guards.open_printer.guard import judge
from vigie.knowledge.network.help import steps
from vigie.policy.orders import decide
from vigie.routines.network_scan.seeing import Seeing
from vigie.sensors.network import asking, dated
from vigie.sensors.network.asking import ScanFailed
from vigie.sensors.network.inventory import INVENTORY, Inventory
from vigie.sensors.network.networks import NotOurs, checked, ours, to_watch
from vigie.tools.home import home

_FAULT = "Le réseau n’a pas pu être regardé jusqu’au bout. Relancez la commande."


def scan_network(
    networks: Sequence[str], *, consent: bool, language: str, forget: bool, as_json: bool
) -> int:
    """Look, answer about each device and each network; return the exit status."""
    answers = Answers(as_json=as_json, language=Language(language), reader=Reader.CARETAKER)
    known = ours()
    try:
        wanted = checked(networks, known) if networks else to_watch(known)
    except NotOurs as trouble:
        raise click.ClickException(str(trouble)) from trouble
    if not wanted:
        raise click.ClickException(
            "Cette machine n’est sur aucun réseau privé. Donnez le réseau du cabinet, "
            "par exemple 192.168.1.0/24."
        )
    began = time.perf_counter()
    devices: list[Device] = []
    try:
        with bar("Réseau") as moved:
            devices += asking.scan(wanted, known, consent=consent, progress=moved)
    except ScanFailed as trouble:
        raise click.ClickException(_FAULT) from trouble
    names = [str(network) for network in wanted]
    seconds = time.perf_counter() - began
    return _answered(answers, names, devices, forget=forget, seconds=seconds)


def _answered(
    answers: Answers, names: Sequence[str], devices: Sequence[Device], *, forget: bool,
    seconds: float,
) -> int:  # fmt: skip
    now = datetime.now(UTC)
    lists = dated.lists(home() / dated.FOLDER)
    seeing = Seeing(
        machine="scan",
        language=answers.language,
        flaws=lambda device: lists.flaws(device, now.date()),
        ages=lambda at: dated.ages(lists, at.date()),
    )
    status = NOTHING
    about: dict[str, list[Finding]] = {name: [] for name in names}
    with _inventory(forget=forget) as inventory:
        for sight in seeing.sights(names, devices, inventory, now):
            findings = list(judge([sight]))
            if isinstance(sight, DeviceSeen):
                status = max(status, _device(answers, sight, findings))
            elif isinstance(sight, DeviceGone):
                about[sight.device.network] += findings
            elif isinstance(sight, DataAged) and findings:
                about[names[0]] += findings
        if not forget:
            inventory.keep(names, devices, now)
    for name in names:
        here = [device for device in devices if device.network == name]
        status = max(status, _network(answers, name, here, about[name], seconds))
    return status


def _device(answers: Answers, sight: DeviceSeen, findings: Sequence[Finding]) -> int:
    device = sight.device
    ways = steps(device.maker, [finding.fact for finding in findings], answers.language)
    more = {
        "device": {
            "called": sight.called,
            "kind": device.kind.value,
            "maker": device.maker,
            "model": device.model,
            "name": device.name,
            "mac": device.mac,
            "network": device.network,
            "ports": list(device.ports),
            "software": list(device.software),
            "pages_before": device.pages,
            "pages_after": device.pages_after if device.pages_after is not None else device.pages,
        },
        "help": [{"fact": fact, "steps": list(rows)} for fact, rows in ways.items()],
    }
    status = answers.answer(
        device.address,
        [(Danger.OPEN_PRINTER, finding) for finding in findings],
        responses=decide(Danger.OPEN_PRINTER, findings),
        more=more,
    )
    if not answers.as_json:
        for rows in dict.fromkeys(ways.values()):
            for number, row in enumerate(rows, 1):
                click.echo(f"   {number}. {row}")
    return status


def _network(
    answers: Answers, name: str, here: Sequence[Device], findings: Sequence[Finding], seconds: float
) -> int:
    counted = [(d.pages, d.pages_after) for d in here if d.pages is not None]
    moved = sum(after - before for before, after in counted if after is not None)
    words = {
        Language.FR: "{name}\u00a0: {count} appareils regardés en {seconds} s, "
        "pages imprimées\u00a0: {pages}.",
        Language.DE: "{name}: {count} Geräte in {seconds} s angesehen, {pages} Seiten gedruckt.",
        Language.EN: "{name}: {count} devices looked at in {seconds} s, {pages} pages printed.",
    }[answers.language]
    return answers.answer(
        name,
        [(Danger.OPEN_PRINTER, finding) for finding in findings],
        sentence=words.format(name=name, count=len(here), seconds=f"{seconds:.1f}", pages=moved),
        seconds=seconds,
        more={"devices": len(here), "counters": len(counted), "pages_printed": moved},
    )


@contextmanager
def _inventory(*, forget: bool) -> Iterator[Inventory]:
    with closing(Inventory(":memory:" if forget else home() / INVENTORY)) as inventory:
        yield inventory


def take_in(files: Sequence[Path], *, as_json: bool) -> int:
    """Take in dated lists; return the exit status. One bad file never stops the others."""
    answers = Answers(as_json=as_json, language=Language.FR)
    status = NOTHING
    for file in files:
        try:
            kind, rows = dated.take_in(file, home() / dated.FOLDER)
        except (OSError, dated.NotAList):
            click.echo(
                f"{file} n’est ni le catalogue KEV de la CISA, ni un produit d’endoflife.date. "
                "Donnez l’un de ces fichiers JSON.",
                err=True,
            )
            status = FAILED
            continue
        sentence = f"{file.name}\u00a0: {rows} lignes importées."
        more = {"kind": kind, "rows": rows}
        status = max(status, answers.answer(str(file), [], sentence=sentence, more=more))
    return status
