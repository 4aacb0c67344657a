"""restic: init, backup, snapshots, restore, check, keys; with the traps of 0.14 closed.

What 0.14 does that a practice cannot live with, and what is done here: a folder that is not there
is skipped with exit status 0 (the caller checks; see `backup`); every failure exits 1 (the words
are read: `failures`); a stale lock stops check and prune in silence (`unlock`, which removes
stale locks only, goes before); a killed backup leaves packs no index knows (`rebuild_index`);
`--compression max` can write what cannot be read (never used); restore says nothing while it
works (`program.written`).
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vigie.tools.restic import program
from vigie.tools.restic.failures import ResticFailed, Trouble, trouble_in
from vigie.tools.restic.values import Key, Progress, Repository, Saved, Snapshot

if TYPE_CHECKING:
    import subprocess

__all__ = ["Key", "Progress", "Repository", "Restic", "Saved", "Snapshot", "literal"]

FEW = 1000  # paths on a command line; more would not fit everywhere
SOME_UNREAD = 3  # restic's exit status when a snapshot was made without some files
SPECIAL = frozenset("\\*?[")  # what restic's patterns read as more than themselves


def literal(path: str) -> str:
    """Return a pattern that matches this path and nothing else (its special signs are escaped)."""
    if os.name == "nt":  # restic has no escape there, and none of these is allowed in a name
        return path
    return "".join(f"\\{char}" if char in SPECIAL else char for char in path)


def _moment(text: str) -> datetime:
    """Read Go's time: nanoseconds are cut to microseconds, which is what Python can hold."""
    head, dot, tail = text.partition(".")
    if dot:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[: min(digits, 6)].ljust(6, '0')}{tail[digits:]}"
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Restic:
    """One repository and the program that speaks with it. Every method may raise ResticFailed."""

    repository: Repository
    program: str = field(default_factory=program.find)

    def init(self) -> None:
        """Make the repository (format 2: compressed, authenticated)."""
        self._text("init", "--repository-version", "2")

    def backup(
        self,
        paths: Sequence[Path],
        *,
        excludes: Sequence[str] = (),
        tags: Sequence[str] = (),
        tell: Callable[[Progress], None] | None = None,
    ) -> Saved:
        """Save `paths` (absolute, existing) as one snapshot; tell the progress.

        Raise ResticFailed(NOTHING_TO_SAVE) if a path is not there: restic itself would say
        nothing and exit 0. Paths that could not be read are in `unread`.
        """
        if missing := [path for path in paths if not path.exists()]:
            raise ResticFailed(Trouble.NOTHING_TO_SAVE, ", ".join(map(str, missing)))
        argv = ["backup", "--json"]
        argv += [f"--exclude={pattern}" for pattern in excludes]
        argv += [f"--tag={tag}" for tag in tags]
        if os.name == "nt":
            argv.append("--use-fs-snapshot")  # open files are read from a shadow copy
        summary: Mapping[str, Any] = {}
        with (
            _named(paths) as named,
            program.started(self._argv([*argv, *named]), self._env()) as (process, said),
        ):
            assert process.stdout is not None  # noqa: S101  (asked for; tells the type checker)
            for line in process.stdout:
                message = json.loads(line)
                self._still_there(process)
                if message.get("message_type") == "summary":
                    summary = message
                elif tell and message.get("message_type") == "status":
                    tell(_progress(message))
            status, words = process.wait(), said()
        if status not in {0, SOME_UNREAD} or not summary:
            self._fail(words, status)
        self._still_there(process)
        return Saved(
            snapshot=summary["snapshot_id"],
            files=summary["total_files_processed"],
            changed=summary["files_new"] + summary["files_changed"],
            size=summary["total_bytes_processed"],
            added=summary["data_added"],
            unread=tuple(_unread(words)) if status == SOME_UNREAD else (),
        )

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the snapshots, the oldest first by the time they claim."""
        found = [
            Snapshot(
                id=row["id"],
                time=_moment(row["time"]),
                host=row["hostname"],
                paths=tuple(row["paths"]),
                tags=tuple(row.get("tags") or ()),
            )
            for row in json.loads(self._text("snapshots", "--json")) or ()
        ]
        return tuple(sorted(found, key=lambda snapshot: snapshot.time))

    def restore(
        self,
        snapshot: str,
        target: Path,
        *,
        only: Sequence[str] = (),
        tell: Callable[[int], None] | None = None,
    ) -> None:
        """Restore a snapshot below `target`, or `only` these absolute paths of it.

        `tell` hears how many bytes have been written so far.
        """
        argv = ["restore", snapshot, "--target", str(target)]
        argv += [f"--include={literal(path)}" for path in only]
        program.written(self._argv(argv), self._env(), tell)

    def check(self, *, read: str = "") -> None:
        """Check the repository's structure, and read the part `read` of the data (`7/30`).

        Raise ResticFailed(DAMAGED) if something does not hold.
        """
        self._text("check", *([f"--read-data-subset={read}"] if read else []))

    def unlock(self) -> None:
        """Remove stale locks, and no other: `--remove-all` would break a backup under way."""
        self._text("unlock")

    def sweep(self, before: datetime) -> None:
        """Remove halves of packs that a kill left on a local disk before this time.

        Restic never looks at them again, and a disk that is often unplugged fills up with them.
        """
        folder = self.repository.folder
        for half in folder.glob("data/*/*-tmp-*") if folder else ():
            if half.stat().st_mtime < before.timestamp():
                half.unlink()

    def rebuild_index(self) -> None:
        """Make packs that a killed backup left behind known again: its work is not lost."""
        self._text("rebuild-index")

    def known_keys(self) -> tuple[Key, ...]:
        """Return the keys of the repository."""
        return tuple(
            Key(
                id=row["id"],
                host=row.get("hostName", ""),
                user=row.get("userName", ""),
                current=row["current"],
            )
            for row in json.loads(self._text("key", "list", "--json"))
        )

    def add_key(self, new_password_file: Path) -> None:
        """Add a second key, whose password is in this file."""
        self._text("key", "add", f"--new-password-file={new_password_file}")

    def forget_within(self, duration: str, *, dry_run: bool) -> tuple[str, ...]:
        """Forget snapshots older than `duration` (`1y6m`) before the newest; return their ids.

        With `dry_run` nothing is forgotten. The data goes with `prune`.
        """
        argv = ["forget", "--json", f"--keep-within={duration}", *(["--dry-run"] * dry_run)]
        groups = next((line for line in self._text(*argv).splitlines() if line[:1] == "["), "[]")
        return tuple(
            row["id"] for group in json.loads(groups) or () for row in group["remove"] or ()
        )

    def forget(self, snapshots: Sequence[str]) -> None:
        """Forget exactly these snapshots. The data goes with `prune`."""
        self._text("forget", *snapshots)

    def prune(self) -> None:
        """Remove data that no snapshot needs."""
        self._text("prune")

    def _still_there(self, process: "subprocess.Popen[str]") -> None:
        """Raise DISK_ABSENT if the disk was unplugged: restic would go on below its mount point.

        There is no lock left to remove, so that restic is not asked but ended.
        """
        folder = self.repository.folder
        if folder and not (folder / "config").exists():
            process.kill()
            raise ResticFailed(Trouble.DISK_ABSENT, str(folder))

    def _argv(self, argv: Sequence[str]) -> list[str]:
        options = [f"--option={option}" for option in self.repository.options]
        return [self.program, *options, *argv]

    def _env(self) -> dict[str, str]:
        where = self.repository.location_file
        write_private(where, self.repository.location)
        additions = {
            "RESTIC_REPOSITORY_FILE": str(where),
            "RESTIC_PASSWORD_FILE": str(self.repository.password_file),
            "RESTIC_CACHE_DIR": str(self.repository.cache),
        }
        if self.repository.credentials_file:
            additions["AWS_SHARED_CREDENTIALS_FILE"] = str(self.repository.credentials_file)
        return program.environment(additions)

    def _text(self, *argv: str) -> str:
        """Run restic to its end and return its output."""
        with program.started(self._argv(argv), self._env()) as (process, said):
            output, _ = process.communicate()
            status, words = process.returncode, said()
        if status:
            self._fail(words, status)
        return output

    def _fail(self, words: str, status: int) -> None:
        """Raise what the words mean; on a local disk the disk itself is asked as well."""
        trouble = trouble_in(words, status)
        folder = self.repository.folder
        unsure = {Trouble.UNKNOWN, Trouble.REPOSITORY_MISSING, Trouble.DAMAGED, Trouble.LOCKED}
        if folder and trouble in unsure and not (folder / "config").exists():
            plugged = folder.parent.is_dir()
            trouble = Trouble.REPOSITORY_MISSING if plugged else Trouble.DISK_ABSENT
        raise ResticFailed(trouble, words.strip()[-program.WORDS_KEPT :])


@contextmanager
def _named(paths: Sequence[Path]) -> Iterator[Sequence[str]]:
    """Give the arguments that name paths: one by one, or in a file where there are many."""
    if len(paths) <= FEW:
        yield ["--", *map(str, paths)]
        return
    with tempfile.NamedTemporaryFile() as listed:
        listed.write(b"".join(os.fsencode(path) + b"\0" for path in paths))
        listed.flush()
        yield [f"--files-from-raw={listed.name}"]


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, fsynced; unchanged if it says so already."""
    if path.exists() and path.read_text("utf-8") == text:
        return
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":  # the new name must be on the disk as well
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _progress(message: Mapping[str, Any]) -> Progress:
    return Progress(
        files=message.get("files_done", 0),
        files_total=message.get("total_files", 0),
        bytes=message.get("bytes_done", 0),
        bytes_total=message.get("total_bytes", 0),
    )


def _unread(words: str) -> Iterator[str]:
    """Yield the paths restic could not read: JSON lines among its complaints."""
    for line in words.splitlines():
        if line.startswith("{") and (item := json.loads(line).get("item")):
            yield str(item)
