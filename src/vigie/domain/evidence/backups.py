"""Backups: what became of one run to one repository."""

from dataclasses import dataclass

from vigie.domain.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade(Evidence):
    """A snapshot reached its repository.

    `repository` is the pseudonym the wire knows, `kind` the slug of its place, `changed` the
    files new or rewritten since the last one, `broken` those of them that no longer are what
    they were, `unread` what could not be read, `seconds` the time it took.
    """

    repository: str
    kind: str
    snapshot: str
    files: int
    changed: int
    broken: int
    unread: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFailed(Evidence):
    """No snapshot was made. `trouble` is a fact's slug, `said` the program's words: local only."""

    repository: str
    kind: str
    trouble: str
    said: str = ""
