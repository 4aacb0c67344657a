"""Power loss: the mains fails, and documents with it; or a machine stays on when nobody is in."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from vigie.domain.evidence.power import (
    BaseChecked,
    DayEnded,
    DiskWearsOut,
    DocumentsVerified,
    MachineLeftOn,
    MainsBack,
    OnBattery,
    PowerEvidence,
    StoppedUncleanly,
    UpsMissing,
)
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.guards.power_loss import battery

OUTAGE = timedelta(hours=2)  # no practice's battery lasts longer


def judge(seen: Sequence[PowerEvidence]) -> Iterator[Finding]:
    """Given what was seen of the power, the newest last, say what there is to say."""
    newest = seen[-1]
    match newest:
        case OnBattery():
            yield from battery.judge([e for e in seen if isinstance(e, OnBattery)])
        case MainsBack():
            minutes = -(-newest.seconds // 60)
            yield _about("power_back", newest.outage, Gravity.NOTE, minutes=minutes)
        case UpsMissing():
            yield _about("ups_silent" if newest.silent else "no_ups", "ups", Gravity.CONCERN)
        case StoppedUncleanly():
            when = newest.last_alive or newest.at
            yield _about("stopped_uncleanly", when.isoformat(), Gravity.CONCERN)
        case DocumentsVerified():
            yield from _documents(newest)
        case BaseChecked():
            fact = "database_mended" if newest.mended else "database_damaged"
            grave = Gravity.CONCERN if newest.mended else Gravity.ALARM
            clues = {"subject": newest.name, "database": newest.name, "said": newest.said}
            yield Finding(gravity=grave, fact=fact, clues=clues)
        case DiskWearsOut():
            yield from _disk(newest)
        case DayEnded():
            yield _about("all_saved", newest.day, Gravity.NOTE)
        case MachineLeftOn():
            fact = "turns_off_soon" if newest.off else "sleeps_soon"
            yield _about(fact, newest.day, Gravity.NOTE, minutes=newest.minutes)


def _documents(seen: DocumentsVerified) -> Iterator[Finding]:
    """Say how the documents are, each kind of harm apart."""
    subject = seen.at.isoformat()
    left = seen.damaged - seen.restored
    if seen.cut and not (left or seen.missing or seen.unread):
        clues = {"subject": subject, "day": f"{seen.cut:%d/%m}", "hour": f"{seen.cut:%H:%M}"}
        numbers = {"files": seen.files, "restored": seen.restored}
        # First, and as grave as what follows: it is what people are told, all else is detail.
        grave = Gravity.CONCERN if seen.restored or seen.doubtful else Gravity.NOTE
        yield Finding(gravity=grave, fact="documents_complete", numbers=numbers, clues=clues)
    if left:
        yield _about("documents_not_restored", subject, Gravity.ALARM, files=left)
    if seen.restored:
        yield _about("documents_restored", subject, Gravity.CONCERN, files=seen.restored)
    if seen.missing:
        yield _about("documents_missing", subject, Gravity.CONCERN, files=seen.missing)
    if seen.doubtful:
        yield _about("documents_doubtful", subject, Gravity.CONCERN, files=seen.doubtful)
    if seen.unread:
        yield _about("documents_unread", subject, Gravity.CONCERN, files=seen.unread)


def _disk(seen: DiskWearsOut) -> Iterator[Finding]:
    if seen.failing or seen.sectors:
        grave = Gravity.ALARM if seen.failing else Gravity.CONCERN
        fact = "disk_ends_soon" if seen.failing else "disk_wears_out"
        clues = {"subject": seen.device, "device": seen.device}
        yield Finding(gravity=grave, fact=fact, numbers={"sectors": seen.sectors}, clues=clues)


def _about(fact: str, subject: str, gravity: Gravity, **numbers: int) -> Finding:
    return Finding(gravity=gravity, fact=fact, numbers=numbers, clues={"subject": subject})


def _keeps(seen: PowerEvidence) -> bool:
    """Keep the readings of a power cut: its end is foreseen from how the battery went down."""
    return isinstance(seen, OnBattery)


GUARD = Guard(watches=PowerEvidence, judge=judge, window=OUTAGE, keeps=_keeps)
