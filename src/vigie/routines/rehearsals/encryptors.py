"""Encryptors: what ransomware does to documents, done to generated ones and to nothing else.

`python -m vigie.routines.rehearsals.encryptors FOLDER BEHAVIOUR --order ORDER`

The key is drawn and thrown away, so the harm is true; but no line here runs on a folder that is
not a sample (see `manifest`), or in which somebody has put a visible file of their own.
"""

import argparse
import os
import random
import stat
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from vigie.routines.rehearsals import blows
from vigie.routines.rehearsals.blows import ENDING, Blow, Victim, scramble
from vigie.routines.rehearsals.manifest import MARKER, Manifest
from vigie.routines.rehearsals.progress import Progress

PATIENT = 1.0  # documents a second of an attacker who hopes not to be noticed
HELD = 400  # documents held open at once; a process may have 1,024
CREW = 8  # processes that share the work

Pace = Callable[[], None]
Campaign = Callable[[Sequence[Victim], Blow, Pace], None]


def _one_by_one(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    for victim in victims:
        pace()
        try:
            blow(victim)
        except (OSError, ValueError):  # gone, protected or empty: it goes on to the next
            continue


def _with_a_crew(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    def shared_pace() -> None:
        for _ in range(CREW):
            pace()

    shares = [victims[number::CREW] for number in range(CREW)]
    members = [_forked(partial(_one_by_one, share, blow, shared_pace)) for share in shares]
    for member in members:
        os.waitpid(member, 0)


def _one_process_each(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    for victim in victims:
        pace()
        _detached(partial(_one_by_one, [victim], blow, _at_once))


def _in_relay(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    """Let each process harm one document, start its successor and end: no parent ever stays."""
    for victim in victims:
        _one_by_one([victim], blow, pace)
        if os.fork():
            os._exit(0)
        os.setsid()


def _after_archiving(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    """Put every document into one sealed archive in the sample, then strike them one by one."""
    with (victims[0].path.parent / f"documents{ENDING}").open("wb") as archive:
        for victim in victims:
            archive.write(scramble(victim.path.read_bytes()))
    _one_by_one(victims, blow, pace)


def _after_opening(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    """Hold many documents open for writing before the first blow falls on any of them."""
    for start in range(0, len(victims), HELD):
        some = victims[start : start + HELD]
        with ExitStack() as held:
            for victim in some:
                with suppress(OSError):
                    held.enter_context(victim.path.open("r+b"))
            _one_by_one(some, blow, pace)


def _after_moving_folders(victims: Sequence[Victim], blow: Blow, pace: Pace) -> None:
    """Move each folder out of the sample as a whole, as people do, then strike what is in it."""
    away: dict[Path, Path] = {}
    for victim in victims:
        place = victim.path.parent
        if place not in away:
            away[place] = victim.elsewhere / str(len(away))
            with suppress(OSError):  # it went with its parent
                place.rename(away[place])
        moved = replace(victim, path=away[place] / victim.path.name)
        _one_by_one([moved], blow, pace)


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def _detached(work: Callable[[], None]) -> None:
    """Run `work` in a grandchild in a session of its own, as those do who want no parent."""

    def leave() -> None:
        os.setsid()
        _forked(work)

    os.waitpid(_forked(leave), 0)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way of encrypting a practice; `rate` in documents a second, 0 for full speed."""

    blow: Blow
    campaign: Campaign = _one_by_one
    rate: float = 0.0


BEHAVIOURS = {
    "in_place": Behaviour(blows.in_place),
    "truncated": Behaviour(blows.truncated),
    "new_then_deleted": Behaviour(blows.new_then_deleted),
    "replaced": Behaviour(blows.replaced),
    "overwritten_then_renamed": Behaviour(blows.overwritten_then_renamed),
    "renamed_first": Behaviour(blows.renamed_first),
    "intermittent": Behaviour(blows.intermittent),
    "head_only": Behaviour(blows.head_only),
    "tail_only": Behaviour(blows.tail_only),
    "mapped": Behaviour(blows.mapped),
    "in_base64": Behaviour(blows.in_base64),
    "moved_out": Behaviour(blows.moved_out),
    "moved_out_and_back": Behaviour(blows.moved_out_and_back),
    "archived_then_deleted": Behaviour(blows.deleted, _after_archiving),
    "opened_first": Behaviour(blows.in_place, _after_opening),
    "folders_moved_out": Behaviour(blows.in_place, _after_moving_folders),
    "eight_processes": Behaviour(blows.in_place, _with_a_crew),
    "one_process_each": Behaviour(blows.in_place, _one_process_each),
    "in_relay": Behaviour(blows.in_place, _in_relay),
    "in_relay_new_then_deleted": Behaviour(blows.new_then_deleted, _in_relay),
    "slow": Behaviour(blows.in_place, rate=PATIENT),
    "slow_one_process_each": Behaviour(blows.in_place, _one_process_each, rate=PATIENT),
}
ORDERS = ("random", "sorted", "newest_first", "canaries_avoided")


def listed(folder: Path, order: str, seed: int = 0) -> tuple[str, ...]:
    """Return the paths in `folder` that an attacker would take, in the order of its taking.

    `canaries_avoided` knows every file that was not there when the sample was made, and takes
    none of them, in random order.

    Raise ValueError if `folder` is not a sample, or holds a visible file that is not of it.
    """
    documents = Manifest.of(folder).documents
    found = {
        str((Path(place) / name).relative_to(folder))
        for place, _, names in os.walk(folder)
        for name in names
        if stat.S_ISREG((Path(place) / name).lstat().st_mode)  # a link may lead to real documents
    } - {MARKER}
    strange = {path for path in found if path not in documents and not _hidden(path)}
    if strange:
        raise ValueError(f"{folder} holds {min(strange)}, which is not of the sample")
    if order == "canaries_avoided":
        found &= set(documents)
    paths = sorted(found)
    if order == "newest_first":
        paths.sort(key=lambda path: -(folder / path).stat().st_mtime)
    elif order != "sorted":
        random.Random(seed).shuffle(paths)  # noqa: S311  (a seed makes the attack repeatable)
    return tuple(paths)


def _hidden(path: str) -> bool:
    return any(part.startswith(".") for part in Path(path).parts)


def _at_once() -> None:
    """Take no rest."""


def _paced(rate: float) -> Pace:
    if not rate:
        return _at_once
    free_at = 0.0

    def pace() -> None:  # never catching up: a burst would be faster than the rate
        nonlocal free_at
        time.sleep(max(0.0, free_at - time.monotonic()))
        free_at = time.monotonic() + 1 / rate

    return pace


def main(arguments: Sequence[str] | None = None) -> None:
    """Attack a sample as the arguments say; end with a sentence where it is not a sample."""
    parser = argparse.ArgumentParser(description="Encrypt a sample of generated documents.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("behaviour", choices=BEHAVIOURS)
    parser.add_argument("--order", choices=ORDERS, default="random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, help="documents a second instead of its own pace")
    parser.add_argument("--most", type=int, help="stop after so many documents")
    parser.add_argument("--progress", type=Path, required=True, help="where to note what was done")
    parser.add_argument("--elsewhere", type=Path, required=True, help="a folder to move things to")
    asked = parser.parse_args(arguments)
    try:
        paths = listed(asked.folder, asked.order, asked.seed)[: asked.most]
    except ValueError as trouble:
        sys.exit(str(trouble))
    asked.elsewhere.mkdir(parents=True, exist_ok=True)
    progress = Progress(asked.progress, len(paths))
    behaviour = BEHAVIOURS[asked.behaviour]
    pace = _paced(behaviour.rate if asked.rate is None else asked.rate)
    victims = [
        Victim(asked.folder / path, slot, progress, asked.elsewhere)
        for slot, path in enumerate(paths)
    ]
    behaviour.campaign(victims, behaviour.blow, pace)


if __name__ == "__main__":
    main()
