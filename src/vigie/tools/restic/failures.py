"""What went wrong, read from restic's words: 0.14 exits 1 for everything.

Phrases seen in 0.14.0; the exit codes 10, 11 and 12 are those of 0.17 and later.
"""

import re
from enum import StrEnum


class Trouble(StrEnum):
    """Why restic could not do its work. Each has a sentence of its own in the phrasebook."""

    PROGRAM_MISSING = "backup_program_missing"
    WRONG_PASSWORD = "backup_wrong_password"  # noqa: S105  (the name of a trouble, not a secret)
    LOCKED = "backup_locked"
    DAMAGED = "backup_damaged"
    NO_SPACE = "backup_no_space"
    DISK_ABSENT = "backup_disk_absent"
    REPOSITORY_MISSING = "backup_repository_missing"
    UNREACHABLE = "backup_unreachable"
    REFUSED = "backup_refused"
    NOTHING_TO_SAVE = "backup_nothing_to_save"
    INTERRUPTED = "backup_interrupted"
    UNKNOWN = "backup_failed"


class ResticFailed(Exception):
    """Restic did not do its work. `said` is its own words, for the caretaker at the machine."""

    def __init__(self, trouble: Trouble, said: str = "") -> None:
        super().__init__(f"{trouble.value}: {said}" if said else trouble.value)
        self.trouble = trouble
        self.said = said


_BY_EXIT = {10: Trouble.REPOSITORY_MISSING, 11: Trouble.LOCKED, 12: Trouble.WRONG_PASSWORD}

# The order matters: a full disk is also a failed save, and a lock that cannot be written because
# the network is gone is a matter of the network.
_BY_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), trouble)
    for pattern, trouble in (
        (r"wrong password or no key found", Trouble.WRONG_PASSWORD),
        (r"no space left|disk quota exceeded|insufficient storage", Trouble.NO_SPACE),
        (r"already locked|unable to create lock in backend: repo", Trouble.LOCKED),
        (
            (
                r"dial tcp|connection (refused|reset)|no such host|i/o timeout|ssh: connect"
                r"|unable to start the sftp session|network is unreachable|connection lost"
            ),
            Trouble.UNREACHABLE,
        ),
        (  # the last two are S3's about its own credentials: no word about the repository
            (
                r"(403|401) |forbidden|unauthorized|permission denied|access denied"
                r"|request signature we calculated|access key id"
            ),
            Trouble.REFUSED,
        ),
        (
            (
                r"ciphertext verification failed|contains errors|does not match|invalid data"
                r"|hash mismatch|not contained in any index|broken pack|wrong hash|decryption"
                r"|tree .* not found|id .* not found"
            ),
            Trouble.DAMAGED,
        ),
        (
            (
                r"input/output error|transport endpoint|no such device|stale file handle"
                r"|read-only file system"
            ),
            Trouble.DISK_ABSENT,
        ),
        (r"unable to open config file|is there a repository", Trouble.REPOSITORY_MISSING),
        (r"all target directories/files do not exist", Trouble.NOTHING_TO_SAVE),
    )
)


def trouble_in(said: str, exit_status: int) -> Trouble:
    """Given what restic said on stderr and its exit status (negative: a signal), name it."""
    if exit_status < 0:
        return Trouble.INTERRUPTED
    if exit_status in _BY_EXIT:
        return _BY_EXIT[exit_status]
    return next((trouble for words, trouble in _BY_WORDS if words.search(said)), Trouble.UNKNOWN)
