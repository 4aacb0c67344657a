"""The evidence pack: the journal with its chain, what it seals, the register, and a verifier.

A pack is fixed by the row of the journal up to which it reaches: made again later, its bytes are
the same. That is why nothing in it is compressed, and why what may be forgotten is frozen.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import metadata, resources
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from vigie.console.accounts.models import Person
from vigie.console.incidents import prefill
from vigie.console.incidents.models import Evidence, Incident, Revision, Tick
from vigie.console.intake import rows, sealing
from vigie.console.intake.models import Order
from vigie.console.journal import chain
from vigie.console.journal.models import Entry
from vigie.console.outflow.models import Outflow
from vigie.console.practices.models import Machine
from vigie.domain.proof import canonical

BEFORE = timedelta(days=1)  # what led to it
LEARNED = timedelta(days=29)  # of outflow: what was ordinary before


def make(incident: Incident, now: datetime, *, by: Person) -> Evidence:
    """Fix a pack at the journal's last row, and write its digest into the journal."""
    with transaction.atomic():
        head = chain.lock(incident.practice_id)
        pack = Evidence(
            practice=incident.practice, incident=incident, by=by, at=now, until=head.number
        )
        pack.frozen = _freeze(incident, now)
        pack.digest = hashlib.sha256(whole(pack)).hexdigest()
        told = {"event": "evidence", "opened": incident.entry, "until": pack.until}
        head = chain.append(head, {**told, "digest": pack.digest}, now)
        pack.entry = head.number
        pack.save()
    return pack


def whole(pack: Evidence) -> bytes:
    """Return the bytes of a pack: a ZIP archive."""
    incident = pack.incident
    first = _first(incident)
    files = {
        "incident.json": _json(_incident(incident) | {"machines": pack.frozen["machines"]}),
        "journal.jsonl": _jsonl(_journal(incident, first, pack.until)),
        "orders.jsonl": _jsonl(_orders(incident, pack.at)),
        "outflow.csv": _outflow(pack.frozen["outflow"]),
        "register.jsonl": _jsonl(_register(incident, pack.until)),
        "rows.tsv": _rows(incident, first, pack.until),
        "steps.jsonl": _jsonl(_steps(incident, pack.until)),
        "verify.py": (resources.files("vigie.tools") / "extract.py").read_bytes(),
    }
    with translation.override(prefill.tongue(incident).value):
        files["README.txt"] = _readme(incident, first, pack.until).encode()
    named = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }
    span = {"first": first, "last": pack.until}
    told = {"vigie": metadata.version("vigie"), "journal": span, "files": named}
    files["manifest.json"] = _json(told)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for name, content in sorted(files.items()):
            target.writestr(zipfile.ZipInfo(name), content)
    return archive.getvalue()


def _first(incident: Incident) -> int:
    """Return the first row of the extract: a day before, or the practice's first."""
    mine = Entry.objects.filter(practice=incident.practice, number__lte=incident.entry)
    after = mine.filter(at__gte=incident.happened_at - BEFORE).order_by("number").first()
    return int(after.number) if after else incident.entry


def _freeze(incident: Incident, now: datetime) -> dict[str, Any]:
    """Return what the console may forget or rename later."""
    sent = Outflow.objects.filter(
        practice=incident.practice, since__gte=incident.happened_at - LEARNED, since__lte=now
    ).select_related("machine")
    machines = Machine.objects.filter(practice=incident.practice).order_by("pk")
    return {
        "machines": {str(m.pk): [m.pseudonym, m.name] for m in machines},
        "outflow": [
            [row.machine.pseudonym, _stamp(row.since), _stamp(row.until), row.sent] for row in sent
        ],
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "danger": incident.danger,
        "country": incident.country,
        "practice": incident.practice.pseudonym,
        "matter": incident.matter,
        "happened_at": _stamp(incident.happened_at),
        "opened_at": _stamp(incident.opened_at),
        "opened_in_row": incident.entry,
    }


def _journal(incident: Incident, first: int, until: int) -> Iterable[dict[str, Any]]:
    found = Entry.objects.filter(
        practice=incident.practice, number__gte=first, number__lte=until
    ).order_by("number")
    for row in found.iterator(chunk_size=2000):
        yield {
            "number": row.number,
            "previous": row.previous,
            "body": row.body,
            "digest": row.digest,
        }


def _rows(incident: Incident, first: int, until: int) -> bytes:
    """Return every row that the extract seals, each behind the number of its journal row."""
    told = [
        (row["entry"], rows.line(kind, row))
        for kind, row in sealing.kept(incident.practice, entry__gte=first, entry__lte=until)
    ]
    return b"".join(b"%d\t%s\n" % row for row in sorted(told))


def _orders(incident: Incident, until: datetime) -> Iterable[dict[str, Any]]:
    since = incident.happened_at - BEFORE
    found = Order.objects.filter(
        practice=incident.practice, given_at__gte=since, given_at__lte=until
    ).select_related("machine")
    for order in found.order_by("machine_id", "sequence"):
        yield {
            "machine": order.machine.pseudonym,
            "given_at": _stamp(order.given_at),
            "body": order.body,
            "key": order.key,
            "signature": order.signature,
        }


def _register(incident: Incident, until: int) -> Iterable[dict[str, Any]]:
    for row in Revision.objects.filter(incident=incident, entry__lte=until).select_related("by"):
        yield {
            "entry": row.entry,
            "revision": row.number,
            "at": _stamp(row.at),
            "by": row.by.get_username() if row.by else None,
            "content": row.content,
        }


def _steps(incident: Incident, until: int) -> Iterable[dict[str, Any]]:
    for row in Tick.objects.filter(incident=incident, entry__lte=until).select_related("by"):
        yield {
            "entry": row.entry,
            "step": row.step,
            "done": row.done,
            "at": _stamp(row.at),
            "by": row.by.get_username() if row.by else None,
        }


def _outflow(sent: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("machine", "since", "until", "bytes_sent"))
    writer.writerows(sent)
    return text.getvalue().encode()


def _readme(incident: Incident, first: int, until: int) -> str:
    about = {"practice": incident.practice.name, "first": first, "last": until}
    lines = (
        _("Evidence of an incident at %(practice)s."),
        "",
        _("journal.jsonl: rows %(first)d to %(last)d of the journal, each bound to the last."),
        _("rows.tsv: what machines reported, proved and backed up, sealed by those rows."),
        _("orders.jsonl: orders to machines, as the caretaker signed them."),
        _("register.jsonl: the breach register, whole at each revision."),
        _("steps.jsonl: the steps that were taken."),
        _("outflow.csv: bytes that left each machine, by the hour; never what or to whom."),
        "",
        _("To verify: python3 verify.py PACK.zip, or vigie journal verify PACK.zip."),
        _("Nothing in it comes from a patient’s file; people at the practice wrote the register."),
        "",
    )
    return "\n".join(lines) % about


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _json(told: Mapping[str, Any]) -> bytes:
    return (json.dumps(told, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


def _jsonl(lines: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(canonical(line) + "\n" for line in lines).encode()
