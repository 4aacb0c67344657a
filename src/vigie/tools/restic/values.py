"""What restic speaks of: a repository, its snapshots and keys, and how a backup went."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Where backups go. `location` is as restic writes it: a path, `sftp:…`, `rest:…`, `s3:…`.

    `location_file` is where restic will read the location, which may carry a password;
    `password_file` holds the key of this machine, and `credentials_file` is an AWS credentials
    file, for S3 alone. Only their owner can read them.
    """

    location: str
    location_file: Path
    password_file: Path
    cache: Path
    credentials_file: Path | None = None
    options: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return the slug of the kind of place: `local`, `sftp`, `rest`, `s3` or `other`."""
        scheme = self.location.partition(":")[0]
        if scheme in {"sftp", "rest", "s3"}:
            return scheme
        return "local" if self.folder else "other"

    @property
    def folder(self) -> Path | None:
        """Return the folder of a repository on a disk of this machine, else None."""
        path = Path(self.location)
        return path if path.is_absolute() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a backup is: files and bytes done, and all there are (as far as counted)."""

    files: int
    files_total: int
    bytes: int
    bytes_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What one backup saved. `unread` are the paths that could not be read; sizes in bytes."""

    snapshot: str
    files: int
    changed: int
    size: int
    added: int
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One state of the folders, as the repository has it. `time` is what its maker claims."""

    id: str
    time: datetime
    host: str
    paths: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of the repository. `id` may be the short form."""

    id: str
    host: str
    user: str
    current: bool
