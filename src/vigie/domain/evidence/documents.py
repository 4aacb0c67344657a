"""Documents: what the bytes of one file would do when it is opened, and what it hides."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence import Evidence


class Act(StrEnum):
    """One thing that a file does, hides or pretends. What it means is for a guard to say."""

    # What it pretends.
    PROGRAM_AS_DOCUMENT = "program_as_document"  # a program under the name of something to read
    NAME_TURNED = "name_turned"  # letters that turn the name round, or hide its end
    NAME_DOUBLED = "name_doubled"  # a readable ending before the one that counts
    NAME_LOOKALIKE = "name_lookalike"  # letters of another alphabet among ours
    OTHER_KIND = "other_kind"  # the name says another kind of document than the bytes
    TWO_FACES = "two_faces"  # two kinds of file in one
    HEADERS_DIFFER = "headers_differ"  # an archive that shows different names to different readers
    APPENDED = "appended"  # matter behind the end of the document
    # What it is.
    PROGRAM = "program"
    SCRIPT = "script"  # for a shell or an interpreter; people do have some
    SCRIPT_AT_A_CLICK = "script_at_a_click"  # Windows runs it at a double click
    SHORTCUT = "shortcut"
    SHORTCUT_RUNS = "shortcut_runs"  # with a command of its own
    DISK_IMAGE = "disk_image"
    PROFILE = "profile"  # settings for a telephone or a Mac
    KNOWN_BAD = "known_bad"  # a rule or a signature knows it
    TEST_SIGNATURE = "test_signature"  # EICAR's
    # What it carries.
    PROGRAM_INSIDE = "program_inside"  # in a document, a notebook or an image of a disk
    PROGRAM_PACKED = "program_packed"  # in an archive, under its own name
    FILE_INSIDE = "file_inside"  # another file, to be opened by a click
    # What it runs.
    MACRO = "macro"
    MACRO_AT_OPENING = "macro_at_opening"  # runs by itself, and reaches beyond the document
    MACRO_HIDDEN = "macro_hidden"  # under a name or in a place that says there is none
    SHEET_COMMANDS = "sheet_commands"  # Excel's commands from before macros
    SHEET_COMMANDS_AT_OPENING = "sheet_commands_at_opening"
    FIELD_COMMAND = "field_command"  # DDE: a field or a cell that starts a program
    FIELD_LINK = "field_link"  # DDE towards another document
    CONTROL = "control"  # ActiveX
    OBJECT_EXPLOIT = "object_exploit"  # an object whose only known use is an attack
    # Where it reaches.
    FETCHES = "fetches"  # loads active matter from elsewhere at opening
    FETCHES_NEARBY = "fetches_nearby"  # from another machine of the network
    # PDF.
    PDF_SCRIPT = "pdf_script"
    PDF_SCRIPT_HARMFUL = "pdf_script_harmful"
    PDF_LAUNCHES = "pdf_launches"
    PDF_SENDS = "pdf_sends"  # a form that goes elsewhere
    PDF_GOES_ELSEWHERE = "pdf_goes_elsewhere"  # opens another document by itself, or far away
    PDF_MEDIA = "pdf_media"  # films, 3D, Flash: readers start another program
    ASKS_PASSWORD = "asks_password"  # noqa: S105  (what a form does)
    # Pages.
    PAGE_SCRIPT = "page_script"
    PAGE_MAKES_FILE = "page_makes_file"
    PAGE_SENDS_AWAY = "page_sends_away"  # goes to another place by itself
    # Archives.
    SWELLS = "swells"
    ESCAPES = "escapes"  # would write outside the folder it is unpacked in
    SEALED = "sealed"  # and no password was at hand
    UNSEALED = "unsealed"  # one of the passwords opened it
    # What the reader could not do.
    DAMAGED = "damaged"
    NOT_OPENED = "not_opened"  # an archive or an image of a kind that is not looked into
    UNREAD = "unread"  # no answer: it was too slow, too large, or ended its reader


@dataclass(frozen=True, slots=True)
class Sight:
    """One act, `where` in the file it was seen (empty: in the file itself), and a `detail`.

    Both are local, bounded, and written by whoever wrote the file.
    """

    act: Act
    where: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file is. `form` is a slug (`pdf`, `ooxml`, …), `digest` its SHA-256, `size` bytes.

    `entries` counts what was looked into, the file itself included.
    """

    name: str
    digest: str
    size: int
    form: str = "unknown"
    sights: tuple[Sight, ...] = ()
    entries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentArrived(Evidence):
    """A file is there and nobody has opened it yet. `place` is its path, or where it lies."""

    document: Document
    place: str = ""
