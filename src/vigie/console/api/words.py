"""The words of the API: what goes in and what comes out. Pseudonyms, slugs, numbers, moments."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from vigie.console.practices.models import State
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity

Pseudonym = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{16}$")]
Name = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=120)
]
MachineName = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=60)
]
Number = Annotated[int, Field(ge=1, le=2**53)]
Limit = Annotated[int, Field(ge=1, le=200)]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]+$", max_length=40)]

Text = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=8_000)]


class Page(Schema):
    """Which part of a list: the rows before a number, the newest first."""

    before: Number | None = None
    limit: Limit = 100


class OfDanger(Page):
    """The part of a list that speaks of one danger."""

    danger: Danger | None = None


class Matters(Page):
    """Which matters: the open ones or the closed ones, of all practices or of one."""

    practice: Pseudonym | None = None
    closed: bool = False


class Refusal(Schema):
    """Why a request was not answered: a slug, and where in it the reason lies."""

    refused: str
    where: list[str]


REFUSALS = dict.fromkeys(
    (400, 401, 403, 404, 405, 409, 415, 422, 429), Refusal
)  # each operation may answer so


class PracticeOut(Schema):
    """A practice."""

    practice: str
    name: str
    language: str
    country: str
    timezone: str
    since: datetime
    open_matters: int
    machines_waiting: int


class PracticeIn(Schema):
    """A practice to take into the care of the key's person."""

    name: Name
    language: Literal["fr", "de", "en"] = "fr"
    country: Literal["FR", "CH", "BE", "LU"] = "FR"
    timezone: Zone = "Europe/Paris"


class PromiseOut(Schema):
    """One of the eleven rows of a practice, as it stands now."""

    danger: str
    standing: Literal["proven", "to_watch", "to_do", "blind"]
    blindness: str
    tried: str | None
    tried_at: datetime | None
    tried_on: int
    machines: int
    expires: datetime | None


class MachineOut(Schema):
    """A machine of a practice."""

    machine: str
    name: str
    system: str
    state: State
    fingerprint: str
    applied_at: datetime
    approved_at: datetime | None
    last_seen: datetime | None
    version: str
    waiting_items: int
    blind_sensors: int


class NameIn(Schema):
    """What the caretaker calls a machine, once its fingerprint was compared."""

    name: MachineName
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z -]+$", max_length=80)]


class CodeOut(Schema):
    """A one-use enrolment code; it can be read this once."""

    code: str
    expires: datetime


class MatterOut(Schema):
    """An open or closed matter."""

    matter: int
    practice: str
    machine: str | None
    kind: str
    danger: str
    fact: str
    gravity: Gravity
    numbers: dict[str, int]
    opened_at: datetime
    last_at: datetime
    times: int
    muted: bool
    closed_at: datetime | None
    outage: int | None


class OutageOut(Schema):
    """What began together in one practice."""

    outage: int
    practice: str
    gravity: Gravity
    opened_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None


class ProofOut(Schema):
    """A dated, expiring trial of one promise."""

    number: int
    machine: str
    danger: str
    trial: str
    held: bool
    at: datetime
    expires: datetime
    numbers: dict[str, int]


class BackupOut(Schema):
    """The state of one backup repository at one moment."""

    number: int
    machine: str
    repository: str
    kind: str
    snapshots: int
    latest: datetime | None
    at: datetime


class EntryOut(Schema):
    """A row of a practice's journal, and its place in the chain."""

    number: int
    at: datetime
    body: str
    previous: str
    digest: str


class RingOut(Schema):
    """One update, by its number, and where it stands."""

    update: int
    stage: str
    offered: int
    kept: int
    complained: int
    next: list[str]


class SequenceOut(Schema):
    """The sequence number that the next order to a machine must carry."""

    sequence: int


class OrderIn(Schema):
    """An order as a caretaker signed it: the console can carry it, and nothing else."""

    body: Text
    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{86}$")]


class OrderOut(Schema):
    """An order that waits for its machine."""

    machine: str
    sequence: int
    expires: datetime


class Done(Schema):
    """Whether anything changed: doing it again changes nothing."""

    changed: bool


class KeyOut(Schema):
    """The key that asks."""

    name: str
    person: str
    scopes: list[str]
    practices: list[str]
    expires: datetime
