"""What each act means: one literal table, the reason beside each row."""

from collections.abc import Mapping
from dataclasses import dataclass

from vigie.domain.evidence.documents import Act
from vigie.domain.finding import Gravity


@dataclass(frozen=True, slots=True)
class Meaning:
    """The fact that an act is an instance of, and how much it matters."""

    fact: str
    gravity: Gravity


RED, ORANGE, GREEN = Gravity.ALARM, Gravity.CONCERN, Gravity.NOTE

MEANINGS: Mapping[Act, Meaning] = {
    # A name that hides what it names has one purpose.
    Act.PROGRAM_AS_DOCUMENT: Meaning("program_disguised", RED),
    Act.NAME_TURNED: Meaning("name_disguised", RED),
    Act.NAME_DOUBLED: Meaning("name_disguised", RED),
    # Keyboards with two alphabets do this by accident.
    Act.NAME_LOOKALIKE: Meaning("name_unusual", ORANGE),
    # Practice software names its exports carelessly: told, not taken away.
    Act.OTHER_KIND: Meaning("kind_differs", ORANGE),
    Act.TWO_FACES: Meaning("two_faces", RED),
    Act.HEADERS_DIFFER: Meaning("two_faces", RED),
    Act.APPENDED: Meaning("unread_part", ORANGE),
    # An installer under its own name may be wanted; a document it is not.
    Act.PROGRAM: Meaning("program_itself", ORANGE),
    Act.SCRIPT: Meaning("program_itself", ORANGE),
    Act.PROGRAM_PACKED: Meaning("program_itself", ORANGE),
    # Nobody keeps these on purpose, and one click is enough.
    Act.SCRIPT_AT_A_CLICK: Meaning("script_runs", RED),
    Act.SHORTCUT_RUNS: Meaning("script_runs", RED),
    Act.SHORTCUT: Meaning("shortcut_found", ORANGE),
    Act.DISK_IMAGE: Meaning("disk_image", ORANGE),
    Act.PROFILE: Meaning("settings_profile", RED),
    Act.KNOWN_BAD: Meaning("known_bad", RED),
    Act.TEST_SIGNATURE: Meaning("known_bad", RED),
    # In an archive a program may be wanted; in a document it is hidden.
    Act.PROGRAM_INSIDE: Meaning("program_inside", RED),
    Act.FILE_INSIDE: Meaning("file_inside", ORANGE),
    # Practices do have templates with macros; what starts alone and reaches out is not one.
    Act.MACRO: Meaning("macro_carried", ORANGE),
    Act.MACRO_AT_OPENING: Meaning("macro_at_opening", RED),
    Act.MACRO_HIDDEN: Meaning("macro_hidden", RED),
    Act.SHEET_COMMANDS: Meaning("old_commands", ORANGE),
    Act.SHEET_COMMANDS_AT_OPENING: Meaning("old_commands_at_opening", RED),
    Act.FIELD_COMMAND: Meaning("starts_program", RED),
    # Two documents of one office suite that speak to one another.
    Act.FIELD_LINK: Meaning("speaks_to_program", ORANGE),
    Act.CONTROL: Meaning("control_carried", ORANGE),
    Act.OBJECT_EXPLOIT: Meaning("known_attack", RED),
    Act.FETCHES: Meaning("fetches_elsewhere", RED),
    # Templates on a server of the practice look like this.
    Act.FETCHES_NEARBY: Meaning("fetches_nearby", ORANGE),
    # Forms check their fields so; the safe copy keeps the fields.
    Act.PDF_SCRIPT: Meaning("form_script", ORANGE),
    Act.PDF_SCRIPT_HARMFUL: Meaning("pdf_attacks", RED),
    Act.PDF_LAUNCHES: Meaning("pdf_attacks", RED),
    Act.PDF_SENDS: Meaning("form_sends", ORANGE),
    Act.PDF_GOES_ELSEWHERE: Meaning("pdf_goes_elsewhere", ORANGE),
    Act.PDF_MEDIA: Meaning("media_carried", ORANGE),
    Act.ASKS_PASSWORD: Meaning("password_asked", RED),
    Act.PAGE_SCRIPT: Meaning("page_active", ORANGE),
    Act.PAGE_MAKES_FILE: Meaning("page_makes_file", RED),
    Act.PAGE_SENDS_AWAY: Meaning("page_sends_away", ORANGE),
    Act.SWELLS: Meaning("would_swell", RED),
    Act.ESCAPES: Meaning("would_escape", RED),
    # What cannot be looked into is not taken for harmless; people do lock what they send.
    Act.SEALED: Meaning("sealed_unseen", ORANGE),
    Act.UNSEALED: Meaning("sealed_seen", GREEN),
    Act.DAMAGED: Meaning("unread_part", ORANGE),
    Act.NOT_OPENED: Meaning("unread_part", ORANGE),
    Act.UNREAD: Meaning("unread_whole", ORANGE),
}
