"""Recalling: the drafted request, the breach record and the notes, in one folder of the practice.

Nothing is sent and nobody is told: a person reads, completes and decides.
"""

import json
import re
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vigie.domain.evidence.mail import Message
from vigie.domain.practice import Country, Language
from vigie.knowledge.breaches import DUTIES, Duty
from vigie.knowledge.patients import of_message, patients
from vigie.tools.kept_file import keep

REQUEST, RECORD, NOTES = "demande.eml", "incident.json", "a-faire.txt"
_VERSION = 1
_LINE = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Where the papers of one recall lie. `deadline` is None where the law names no hour."""

    folder: Path
    deadline: datetime | None
    body: str

    @property
    def request(self) -> Path:
        """Return the drafted request to delete."""
        return self.folder / REQUEST

    @property
    def record(self) -> Path:
        """Return the record of the breach."""
        return self.folder / RECORD


def recall(  # noqa: PLR0913  (what a recall depends on)
    message: Message,
    wrong: Sequence[str],
    register: Path,
    *,
    now: datetime,
    language: Language,
    country: Country,
    signed: str = "",
) -> Recall:
    """Given a message that went to wrong addresses, write the papers, and return where they lie.

    `now` is when somebody became aware of it: the law counts from there. Each address gets its
    own request, so that none learns of another.
    """
    duty = DUTIES[country]
    folder = register / f"{now.astimezone(UTC):%Y-%m-%d-%H%M}-{uuid.uuid4().hex[:8]}"
    folder.mkdir(mode=0o700, parents=True)
    deadline = now + duty.within if duty.within else None
    for number, address in enumerate(wrong):
        name = REQUEST if not number else REQUEST.replace(".", f"-{number + 1}.")
        keep(folder / name, _request(message, address, language, signed, now))
    keep(folder / NOTES, _notes(duty, deadline, language, now).encode())
    # The record comes last: where it stands, everything stands.
    record = _record(message, wrong, duty, now, deadline)
    keep(folder / RECORD, json.dumps(record, ensure_ascii=False, indent=1).encode())
    return Recall(folder=folder, deadline=deadline, body=duty.body)


@cache
def words(language: Language) -> Mapping[str, Any]:
    """Return the words of recalls in one language."""
    file = resources.files("vigie.routines.recalls") / f"words.{language.value}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def moment(at: datetime) -> str:
    """Return a moment as people write it, in the machine's own time."""
    return f"{at.astimezone():%d.%m.%Y, %H:%M}"


def _request(
    message: Message, address: str, language: Language, signed: str, now: datetime
) -> bytes:
    said = words(language)["request"]
    sent = (message.date or now).astimezone()
    draft = EmailMessage()
    draft["From"] = _LINE.sub(" ", message.sender.address)
    draft["To"] = _LINE.sub(" ", address)
    draft["Subject"] = said["subject"]
    draft["Date"] = format_datetime(now)
    draft["X-Unsent"] = "1"  # mail programs open it as a draft
    if message.identity:
        draft["References"] = f"<{_LINE.sub('', message.identity)}>"
    about = said["about"].format(identity=message.identity) if message.identity else ""
    draft.set_content(
        said["body"].format(
            day=f"{sent:%d.%m.%Y}",
            time=f"{sent:%H:%M}",
            about=about,
            writer=signed or message.sender.name or message.sender.address,
        )
    )
    return draft.as_bytes()


def _notes(duty: Duty, deadline: datetime | None, language: Language, now: datetime) -> str:
    said = words(language)["notice"]
    when, tell = said[duty.when.value], said[duty.patients.value]
    authority = said["untimed"].format(body=duty.body, when=when)
    if deadline:
        authority = said["timed"].format(body=duty.body, when=when, deadline=moment(deadline))
    text: str = said["text"].format(
        authority=authority,
        patients=said["tell"].format(patients=tell),
        law=duty.law,
        form=duty.form,
        source=duty.source,
        read=f"{duty.read:%d.%m.%Y}",
        expires=f"{duty.expires:%d.%m.%Y}",
        expired=said["expired"] if now.date() > duty.expires else "",
    )
    return text


def _record(
    message: Message,
    wrong: Sequence[str],
    duty: Duty,
    now: datetime,
    deadline: datetime | None,
) -> dict[str, object]:
    """Return the record: what happened to whose data, the measures, and what is still open."""
    found = of_message(message)
    law = {key: str(value) for key, value in asdict(duty).items() if value is not None}
    return {
        "version": _VERSION,
        "kind": "misdirected_mail",
        "aware": now.isoformat(),
        "deadline": deadline.isoformat() if deadline else None,
        "message": {
            "identity": message.identity,
            "digest": message.digest,
            "sent": message.date.isoformat() if message.date else None,
            "attachments": len(message.attachments),
        },
        "wrong_recipients": list(wrong),
        "data": {
            "health": found.of_a_patient,
            "insurance_numbers": found.numbers,
            "patients_named": len({name for name, _ in patients(message)}),
        },
        "measures": [{"at": now.isoformat(), "measure": "request_drafted"}],
        "risk": None,
        "authority_told": None,
        "patients_told": None,
        "deletion_confirmed": None,
        "duty": law,
    }
