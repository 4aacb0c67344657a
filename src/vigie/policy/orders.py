"""The standing orders: which deeds answer which fact, with the reason beside each row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Deed, Response


@dataclass(frozen=True, slots=True)
class Order:
    """One deed, and the clue of the finding that names what it is done to.

    One that is `only_there` is left out where the finding has no such clue: there is no copy to
    show of a file that came by no letter.
    """

    deed: Deed
    target: str = "subject"
    only_there: bool = False


FREEZE = Order(Deed.FREEZE, "family")
BLOCK = Order(Deed.BLOCK, "folder")
RESTORE = Order(Deed.RESTORE, "family")
ISOLATE = Order(Deed.ISOLATE, "")
HOLD = Order(Deed.HOLD)
DISARM = Order(Deed.DISARM, "letter", only_there=True)
ASK = Order(Deed.ASK)
TELL = Order(Deed.TELL)
# A device on the bus is named by its plugging-in; the guard names the screens where they matter.
BLOCK_DEVICE = Order(Deed.BLOCK)
LOCK = Order(Deed.BLOCK, "screens")
LET_IN = Order(Deed.RELEASE)
MASK = Order(Deed.MASK)
SHUT_DOWN = Order(Deed.SHUT_DOWN, "")
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
    (Danger.MISDIRECTED_MAIL, "answer_elsewhere"): (HOLD, ASK),
    (Danger.MISDIRECTED_MAIL, "greeted_as_another"): (HOLD, ASK),
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
    # A door of the practice's that stands open to the Internet is used within hours: it is told
    # at once. What is open inside goes to the caretaker, with the steps; nobody is interrupted.
    (Danger.OPEN_PRINTER, "open_to_internet"): (TELL,),
    # So much does not match that nobody should have to decide in a hurry: the message waits in
    # « À vérifier », untouched. The reasons beside it ask for nothing of their own.
    (Danger.IMPERSONATION, "imitation_held"): (HOLD, TELL),
    # A caretaker has looked at the same sender or link. Somebody the practice writes to itself is
    # not taken away: one fallen machine could else silence a laboratory.
    (Danger.IMPERSONATION, "reported_elsewhere"): (HOLD, TELL),
    (Danger.IMPERSONATION, "reported_contact"): (TELL,),
    # One warning next to the message, and it stays where it is: half of the time it is wanted.
    (Danger.IMPERSONATION, "message_doubtful"): (TELL,),
    # What could not be read to its end may be anything; a person is told, nothing is taken away.
    (Danger.IMPERSONATION, "message_unread"): (TELL,),
    # A post cannot be taken back once it was read: the masked text is there, a person chooses.
    (Danger.PATIENT_DISCLOSURE, "identifier_written"): (MASK, ASK),
    (Danger.PATIENT_DISCLOSURE, "name_written"): (MASK, ASK),
    (Danger.PATIENT_DISCLOSURE, "known_patient"): (MASK, ASK),
    (Danger.PATIENT_DISCLOSURE, "address_written"): (MASK, ASK),
    (Danger.PATIENT_DISCLOSURE, "combination_identifies"): (MASK, ASK),
    # No invoice needs a program to be read. The message waits with its attachment unopened; what
    # can be read of it without danger stands in its place.
    (Danger.RANSOMWARE, "mail_carries_program"): (HOLD, DISARM, TELL),
    # Practice software and laboratories do send macros: the message waits for a yes.
    (Danger.RANSOMWARE, "mail_carries_macro"): (HOLD, DISARM, ASK),
    # What types while somebody works may do anything they could: it is refused and every open
    # screen asks for a password, which it does not know.
    (Danger.STRAY_USB_KEY, "key_types"): (BLOCK_DEVICE, LOCK, TELL),
    (Danger.STRAY_USB_KEY, "device_changed"): (BLOCK_DEVICE, LOCK, TELL),
    (Danger.STRAY_USB_KEY, "keyboard_new"): (BLOCK_DEVICE, LOCK, ASK),
    # Nobody is left without a keyboard: first the screens, then the keyboard.
    (Danger.STRAY_USB_KEY, "keyboard_replaced"): (LOCK, LET_IN, TELL),
    (Danger.STRAY_USB_KEY, "key_unknown"): (BLOCK_DEVICE, ASK),
    (Danger.STRAY_USB_KEY, "key_unknown_again"): (BLOCK_DEVICE,),
    (Danger.STRAY_USB_KEY, "key_refused"): (BLOCK_DEVICE, TELL),
    (Danger.STRAY_USB_KEY, "network_adapter_new"): (BLOCK_DEVICE, ASK),
    # A listed key is let in to be read; people get copies, the key itself is mounted by nobody.
    (Danger.STRAY_USB_KEY, "key_listed"): (LET_IN,),
    (Danger.STRAY_USB_KEY, "input_allowed"): (LET_IN,),
    (Danger.STRAY_USB_KEY, "device_allowed"): (LET_IN,),
    (Danger.STRAY_USB_KEY, "key_clean"): (TELL,),
    (Danger.STRAY_USB_KEY, "key_pulled"): (TELL,),
    (Danger.STRAY_USB_KEY, "key_files_refused"): (TELL,),
    (Danger.STRAY_USB_KEY, "key_incomplete"): (TELL,),
    (Danger.STRAY_USB_KEY, "key_unreadable"): (TELL,),
    # Red: it would act instead of being read. It is kept aside, byte for byte, and said once; of
    # a letter that brought it, what can be read without danger stands in its place.
    # Orange has no row: nobody is interrupted, a safe copy is offered to whoever asks.
    (Danger.TROJAN_DOCUMENT, "program_disguised"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "name_disguised"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "two_faces"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "script_runs"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "settings_profile"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "known_bad"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "program_inside"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "macro_at_opening"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "macro_hidden"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "old_commands_at_opening"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "starts_program"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "known_attack"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "fetches_elsewhere"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "pdf_attacks"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "password_asked"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "page_makes_file"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "would_swell"): (HOLD, DISARM, TELL),
    (Danger.TROJAN_DOCUMENT, "would_escape"): (HOLD, DISARM, TELL),
    # A copy is made in which it is black, and one person is asked whether there is another: what
    # recognises things in pictures misses some, and nobody can call a photo back.
    (Danger.PHOTO_LEAK, "name_and_number_readable"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "name_readable"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "number_readable"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "screen_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "paper_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "note_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "card_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "face_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "code_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "text_shown"): (MASK, ASK),
    (Danger.PHOTO_LEAK, "nothing_recognised"): (MASK, ASK),
    # What a file carries besides its pixels is left behind; there is nothing to decide.
    (Danger.PHOTO_LEAK, "position_carried"): (MASK,),
    (Danger.PHOTO_LEAK, "words_carried"): (MASK,),
    # No copy: somebody who waits for one must know.
    (Danger.PHOTO_LEAK, "copy_still_shows"): (TELL,),
    (Danger.PHOTO_LEAK, "photo_unread"): (TELL,),
    # The one who wrote the note can put it away, and nobody else can: told once, never taken.
    (Danger.EXPOSED_PASSWORD, "password_on_note"): (TELL,),
    (Danger.EXPOSED_PASSWORD, "passwords_in_note"): (TELL,),
    (Danger.EXPOSED_PASSWORD, "passwords_in_shared_note"): (TELL,),
    # Whoever sits there saves their page first; then, before the battery ends, all stops cleanly.
    (Danger.POWER_LOSS, "on_battery"): (TELL,),
    (Danger.POWER_LOSS, "battery_low"): (TELL, SHUT_DOWN),
    # Said before the first patient, so that nobody wonders; in the evening to whoever locks up.
    (Danger.POWER_LOSS, "documents_complete"): (TELL,),
    (Danger.POWER_LOSS, "all_saved"): (TELL,),
    (Danger.POWER_LOSS, "sleeps_soon"): (ASK,),
    (Danger.POWER_LOSS, "turns_off_soon"): (ASK,),
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
            there = not order.only_there or order.target in finding.clues
            if there and order.deed not in declined:
                target = finding.clues.get(order.target, "")
                responses[Response(deed=order.deed, target=target)] = None
    return tuple(responses)
