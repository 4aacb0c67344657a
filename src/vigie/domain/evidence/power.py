"""Power: what the battery says, how the machine stopped, and what became of the documents."""

from dataclasses import dataclass
from datetime import datetime

from vigie.domain.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerEvidence(Evidence):
    """Something about the machine's power, or about what its loss did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBattery(PowerEvidence):
    """One reading while the mains is gone. `outage` names the power cut through its readings.

    `began` is when it was first seen; `runtime` is what the UPS promises, in seconds, and `charge`
    its battery in percent, None where it does not say. `low`: the UPS itself says that the end is
    near. `silent`: it no longer answers, and the mains was gone when it last did.
    """

    outage: str
    began: datetime
    runtime: int | None = None
    charge: int | None = None
    low: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MainsBack(PowerEvidence):
    """The mains is back. `seconds` is how long it was gone."""

    outage: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsMissing(PowerEvidence):
    """No battery stands between this machine and a power cut.

    `silent`: one is set up and does not answer.
    """

    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedUncleanly(PowerEvidence):
    """The machine's last stop was no shutdown. `last_alive` is its last sign of life before."""

    last_alive: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsVerified(PowerEvidence):
    """Every document and database was compared with what it was.

    `damaged` were found damaged, of which `restored` are back; `missing` are no longer there;
    `doubtful` may be damaged or changed by a person; `unread` could not be read at all. `cut` is
    when the power cut was that asked for it, None for the ordinary look.
    """

    files: int
    databases: int = 0
    damaged: int = 0
    restored: int = 0
    missing: int = 0
    doubtful: int = 0
    unread: int = 0
    cut: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseChecked(PowerEvidence):
    """A database server's own check found damage. `name` is local; `mended`: its indexes were."""

    name: str
    mended: bool
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskWearsOut(PowerEvidence):
    """The disk's own self-observation (SMART) foresees its end. `sectors` it could not read."""

    device: str
    failing: bool
    sectors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnded(PowerEvidence):
    """The practice has closed, and everything of the day is in a backup. `day` is its date."""

    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLeftOn(PowerEvidence):
    """The practice is closed and this machine still runs: it rests in `minutes`, unless put off.

    `off`: it shuts down; else it sleeps.
    """

    day: str
    minutes: int
    off: bool = False
