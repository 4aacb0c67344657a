"""What lies on a key that was let in: which files people may have, and what is said of the rest."""

from collections.abc import Iterator

from vigie.domain.evidence.usb import FileOnKey, KeyRead, Mishap
from vigie.domain.finding import Finding, Gravity

# What Windows starts by itself, or gives a folder another face with; nobody misses it in a copy.
_OF_THE_SYSTEM = frozenset({"autorun.inf", "desktop.ini"})


def refused(file: FileOnKey) -> bool:
    """Return whether this file stays on the key: it would act, or could not be read."""
    last = file.name.rpartition("/")[2].lower()
    return file.bad or file.light is not Gravity.NOTE or last in _OF_THE_SYSTEM


def judge_key(read: KeyRead) -> Iterator[Finding]:
    """Say how the reading of one key went: one finding, and none of an empty key."""
    stay = [file for file in read.files if refused(file)]
    clean = len(read.files) - len(stay)
    if read.encrypted and not read.files:
        yield _finding("key_encrypted", read, Gravity.NOTE)
    elif Mishap.PULLED in read.mishaps:
        yield _finding("key_pulled", read, Gravity.NOTE, files=len(read.files))
    elif not read.files and read.mishaps:
        yield _finding("key_unreadable", read, Gravity.CONCERN)
    elif stay:
        numbers = {"files": clean, "refused": len(stay)}
        yield _finding("key_files_refused", read, Gravity.CONCERN, first=stay[0].name, **numbers)
    elif read.mishaps:
        yield _finding("key_incomplete", read, Gravity.CONCERN, files=clean)
    elif read.files:
        yield _finding("key_clean", read, Gravity.NOTE, files=clean)


def _finding(
    fact: str, read: KeyRead, gravity: Gravity, first: str = "", **numbers: int
) -> Finding:
    clues = {"subject": f"{read.title} {read.at.isoformat()}", "title": read.title}
    return Finding(
        gravity=gravity,
        fact=fact,
        numbers={"key": read.number, **numbers},
        clues={**clues, **({"first": first} if first else {})},
    )
