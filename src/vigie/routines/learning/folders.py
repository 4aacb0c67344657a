"""Folders and files of mail: Maildir (with its subfolders), folders of .eml files, mbox."""

import hashlib
import mailbox
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from vigie.routines.learning.letters import BEGINNING, Letter, NotReadable, Source, sent_folder

_MARK = 256  # bytes at the start of a message by which a changed mbox is noticed


class Folder:
    """A Maildir with its subfolders, or any folder of .eml files. Read in place, changed never."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def count(self) -> int:
        """Return how many messages lie there."""
        return sum(1 for _ in self._files())

    def letters(
        self, known: Callable[[str], bool], position: Callable[[str], str]
    ) -> Iterator[Letter]:
        """Yield the messages of files that were not read yet, folder by folder."""
        del position
        for file in self._files():
            place = f"{file.parent}/{file.name.partition(':')[0]}"
            if known(place):
                continue
            try:
                with file.open("rb") as opened:
                    untrusted = opened.read(BEGINNING)
                    came_at = datetime.fromtimestamp(os.fstat(opened.fileno()).st_mtime, UTC)
            except OSError:
                continue  # moved or deleted by its mail program meanwhile
            folder = file.parent.parent if file.parent.name in ("cur", "new") else file.parent
            name = folder.name
            yield Letter(
                untrusted=untrusted, came_at=came_at, direction=sent_folder(name), place=place
            )

    def _files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(f for f in folders if f != "tmp")
            here = Path(folder)
            in_maildir = here.name in ("cur", "new")
            for name in sorted(files):
                if in_maildir or name.lower().endswith(".eml"):
                    yield here / name


class Mbox:
    """One mbox file. Its table of contents is held in memory, one message at a time besides."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._name = f"mbox {self._path}"
        self._box = mailbox.mbox(self._path, create=False)

    def count(self) -> int:
        """Return how many messages there are."""
        return len(self._box)

    def letters(
        self, known: Callable[[str], bool], position: Callable[[str], str]
    ) -> Iterator[Letter]:
        """Yield the messages after the one read last; all of them where the file has changed."""
        del known
        try:
            yield from self._after(position)
        finally:
            self._box.close()

    def _after(self, position: Callable[[str], str]) -> Iterator[Letter]:
        reached, direction = position(self._name), sent_folder(self._path.stem)
        waiting = bool(reached) and self._still_holds(reached)
        for number, key in enumerate(self._box.keys()):
            if waiting:
                waiting = number < int(reached.partition(" ")[0])
                continue
            untrusted = self._beginning(key)
            yield Letter(
                untrusted=untrusted,
                direction=direction,
                mailbox=self._name,
                position=f"{number} {_mark(untrusted)}",
            )

    def _still_holds(self, reached: str) -> bool:
        number, _, mark = reached.partition(" ")
        keys = list(self._box.keys())
        return int(number) < len(keys) and _mark(self._beginning(keys[int(number)])) == mark

    def _beginning(self, key: str) -> bytes:
        with self._box.get_file(key) as file:
            untrusted: bytes = file.read(BEGINNING)
        return untrusted


def _mark(untrusted: bytes) -> str:
    return hashlib.sha256(untrusted[:_MARK]).hexdigest()[:16]


def opened(path: Path) -> Source:
    """Return the mail at a path. Raise NotReadable for what is neither a folder nor an mbox."""
    if path.is_dir():
        return Folder(path)
    try:
        with path.open("rb") as file:
            start = file.read(5)
    except OSError as trouble:
        raise NotReadable(
            f"«\u00a0{path}\u00a0» ne peut pas être lu. Vérifiez le chemin et les droits."
        ) from trouble
    if start != b"From ":
        raise NotReadable(
            f"«\u00a0{path}\u00a0» n’est ni un dossier de messages ni un fichier mbox. "
            "Vérifiez le chemin."
        )
    return Mbox(path)
