"""The standing orders: which deeds answer which fact, with the reason beside each row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Deed, Response


@dataclass(frozen=True, slots=True)
class Order:
    """One deed, and the clue of the finding that names what it is done to."""

    deed: Deed
    target: str = "subject"


FREEZE = Order(Deed.FREEZE, "family")
BLOCK = Order(Deed.BLOCK, "folder")
RESTORE = Order(Deed.RESTORE, "family")
ISOLATE = Order(Deed.ISOLATE, "")
HOLD = Order(Deed.HOLD)
ASK = Order(Deed.ASK)
TELL = Order(Deed.TELL)
ROLL_BACK = Order(Deed.ROLL_BACK, "run")

ORDERS: Mapping[tuple[Danger, str], tuple[Order, ...]] = {
    # The writer first: every millisecond is a file. Then the folder, so that a sibling we have
    # not met cannot go on; then the network, because what encrypts also spreads and steals.
    (Danger.RANSOMWARE, "files_scrambled"): (FREEZE, BLOCK, ISOLATE, RESTORE, TELL),
    # Nobody has a reason to write to a hidden file that we put there.
    (Danger.RANSOMWARE, "canary_touched"): (FREEZE, BLOCK, ISOLATE, RESTORE, TELL),
    # Many writers, each one small: there is no single process to stop, so the folder is closed.
    (Danger.RANSOMWARE, "files_scrambled_by_many"): (FREEZE, BLOCK, ISOLATE, RESTORE, TELL),
    # Read, packed under a password and deleted: a person may have asked for it, an attacker
    # as well. The last versions are kept, the writer waits, and the network stays.
    (Danger.RANSOMWARE, "files_locked_away"): (FREEZE, ASK),
    # A great tidying-up looks like this too: keep everything, stop nobody, ask.
    (Danger.RANSOMWARE, "files_deleted_after_reading"): (ASK,),
    # A message that has left cannot be called back, one that waits a minute harms nobody: it is
    # held, and whoever wrote it is asked once, whatever the number of things that do not match.
    (Danger.MISDIRECTED_MAIL, "recipient_mistyped"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "recipient_elsewhere"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "recipient_namesake"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "domain_mistyped"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "salutation_elsewhere"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "unusual_in_group"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "recipients_visible"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "attachment_about_another"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "first_contact_with_patient_data"): (HOLD, ASK),
    # The secure route is proposed once for each address; the answer is remembered.
    (Danger.MISDIRECTED_MAIL, "patient_data_to_webmail"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "patient_data_unsecured"): (HOLD, ASK),
    # What the practice does every week is its own choice: it is counted, nobody is interrupted.
    (Danger.MISDIRECTED_MAIL, "patient_data_by_habit"): (),
    # An answer to an impostor tells them that somebody reads: it stays until a person has looked.
    (Danger.MISDIRECTED_MAIL, "reply_to_impersonator"): (HOLD, ASK),
    # So much does not match that nobody should have to decide in a hurry: the message waits in
    # « À vérifier », untouched. The reasons beside it ask for nothing of their own.
    (Danger.IMPERSONATION, "imitation_held"): (HOLD, TELL),
    # One warning next to the message, and it stays where it is: half of the time it is wanted.
    (Danger.IMPERSONATION, "message_doubtful"): (TELL,),
    # What could not be read to its end may be anything; a person is told, nothing is taken away.
    (Danger.IMPERSONATION, "message_unread"): (TELL,),
    # No invoice needs a program to be read. The message waits with its attachment unopened.
    (Danger.RANSOMWARE, "mail_carries_program"): (HOLD, TELL),
    # Practice software and laboratories do send macros: the message waits for a yes.
    (Danger.RANSOMWARE, "mail_carries_macro"): (HOLD, ASK),
    # Told in the afternoon, while an evening can still be chosen; nobody has to do anything.
    (Danger.FAILED_UPDATE, "update_announced"): (TELL,),
    # The routine has taken it back already; whoever opens the application reads one sentence.
    (Danger.FAILED_UPDATE, "update_rolled_back"): (TELL,),
    (Danger.FAILED_UPDATE, "update_interrupted"): (TELL,),
    # The application is down while patients wait: harm is under way, and the way back is ready.
    (Danger.FAILED_UPDATE, "update_failed_late"): (TELL, ROLL_BACK),
    (Danger.FAILED_UPDATE, "update_carried_back"): (TELL,),
}

# A fact without a row of its own: an alarm is always told, a concern asks nothing of the staff.
BY_GRAVITY: Mapping[Gravity, tuple[Order, ...]] = {
    Gravity.ALARM: (TELL,),
    Gravity.CONCERN: (),
    Gravity.NOTE: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the practice has chosen to leave out, by danger (none by default)."""

    declined: Mapping[Danger, frozenset[Deed]]

    @classmethod
    def standard(cls) -> "Choices":
        """Return the choices of a practice that has declined nothing."""
        return cls(declined={})


def decide(
    danger: Danger, findings: Sequence[Finding], choices: Choices | None = None
) -> tuple[Response, ...]:
    """Given the news about one danger, return the deeds that answer it, each target once.

    The gravest finding speaks first. A deed the practice declined is left out, except TELL:
    nobody may choose not to know.
    """
    declined = (choices or Choices.standard()).declined.get(danger, frozenset()) - {Deed.TELL}
    responses: dict[Response, None] = {}
    for finding in sorted(findings, key=lambda f: f.gravity.rank, reverse=True):
        rows = ORDERS.get((danger, finding.fact), BY_GRAVITY[finding.gravity])
        for order in rows:
            if order.deed not in declined:
                target = finding.clues.get(order.target, "")
                responses[Response(deed=order.deed, target=target)] = None
    return tuple(responses)
