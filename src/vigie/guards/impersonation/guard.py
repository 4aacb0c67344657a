"""Impersonation: a message that does not come from who it says.

Each thing that does not match has its points, and its sentence. Together they warn, or hold.
"""

from collections.abc import Iterator, Sequence

from vigie.domain.evidence.mail import MailArrived
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.guards.impersonation import tally
from vigie.guards.impersonation.view import Signal, View

_MOST_SAID = 6  # reasons; people stop reading before that
_UNREAD = "reader_"


def judge(seen: Sequence[MailArrived]) -> Iterator[Finding]:
    """Given the message that came in last, say what does not match in it."""
    mail = seen[-1]
    if any(defect.startswith(_UNREAD) for defect in mail.message.defects):
        yield _unread(mail)
    if mail.reported:
        yield _reported(mail)
    view = View(mail)
    found = tally.signals(view)
    score = tally.total(found)
    if score < tally.WARN:
        return
    gravity = Gravity.ALARM if score >= tally.HOLD else Gravity.CONCERN
    reasons = _reasons(found)
    claimed = next((s.clues["claimed"] for s in found if s.clues.get("claimed")), "")
    yield Finding(
        gravity=gravity,
        fact="imitation_held" if gravity is Gravity.ALARM else "message_doubtful",
        numbers={"points": score},
        clues=_clues(mail, {"came_from": view.domain, **({"claimed": claimed} if claimed else {})}),
    )
    for fact, signals in list(reasons.items())[:_MOST_SAID]:
        yield Finding(
            gravity=gravity,
            fact=fact,
            numbers={"points": tally.total(signals)},
            clues=_clues(mail, signals[0].clues),
        )


def _reasons(found: Sequence[Signal]) -> dict[str, list[Signal]]:
    """Return the signals by what they are instances of, the weightiest first."""
    reasons: dict[str, list[Signal]] = {}
    for signal in found:
        if tally.POINTS.get(signal.name, 0) > 0:
            reasons.setdefault(signal.fact, []).append(signal)
    return dict(sorted(reasons.items(), key=lambda reason: -tally.total(reason[1])))


def _clues(mail: MailArrived, clues: dict[str, str] | object) -> dict[str, str]:
    said = dict(clues) if isinstance(clues, dict) else {}
    kept = {key: value for key, value in said.items() if value}
    return {**kept, "subject": mail.key, "place": mail.place}


def _unread(mail: MailArrived) -> Finding:
    return Finding(gravity=Gravity.CONCERN, fact="message_unread", clues=_clues(mail, {}))


def _reported(mail: MailArrived) -> Finding:
    """Say that a caretaker judged it bad somewhere; whom the practice writes to is only doubted."""
    contact = mail.writer.sent > 0
    return Finding(
        gravity=Gravity.CONCERN if contact else Gravity.ALARM,
        fact="reported_contact" if contact else "reported_elsewhere",
        clues=_clues(mail, {"came_from": min(mail.reported)}),
    )


GUARD = Guard(watches=MailArrived, judge=judge)
