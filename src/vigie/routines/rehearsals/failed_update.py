"""A failing update, played for real: a package is built, installed by apt, checked, taken back.

In a room of its own (an overlay of this machine's root), with the very command that updates the
practice: one version changes a single dose, one does not start, one is good.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator

from vigie.routines.rehearsals import update_inside
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.routines.rehearsals.update_room import NEEDED, Room


def play(stage: Stage) -> Iterator[Trial]:
    """Update a small application three times; yield how it went. Raise CannotPlay."""
    if not sys.platform.startswith("linux"):
        raise CannotPlay("not_supported")
    if os.geteuid() != 0:
        raise CannotPlay("no_permission")
    if not all(map(shutil.which, NEEDED)):
        raise CannotPlay("missing_program")
    room = Room(scratch=stage.scratch)
    ended = [json.loads(line) for line in room.lines(update_inside.__name__, str(stage.scratch))]
    if len(ended) < len(update_inside.PLAYED):
        raise CannotPlay("died")
    yield Trial(
        name="bad_update_undone",
        held=all(one["held"] and not one["lost"] for one in ended),
        numbers={
            "updates": len(ended),
            "records": max(one["records"] for one in ended),
            "lost": sum(one["lost"] for one in ended),
            "milliseconds": max(one["milliseconds"] for one in ended),
        },
    )
