"""Plays on a bus of umockdev's: `umockdev-wrapper python usb_plays.py PLAY FOLDER`, JSON out."""

import json
import random
import sys
import threading
import time
from pathlib import Path

from mocked_bus import MockedBus
from usb_room import KEYBOARD, MOUSE, SOME_INPUT, STORAGE, Room

from vigie.domain.evidence.usb import Standing
from vigie.tools.usb.linux import LinuxBus
from vigie.tools.usb.sysfs import SysfsDoor

_PATIENCE = 10.0


def _room(folder: Path) -> tuple[MockedBus, Room, SysfsDoor]:
    bed = MockedBus()
    bed.plug("1-1", KEYBOARD, SOME_INPUT, model=1)
    bed.plug("1-2", MOUSE, model=2)
    door = SysfsDoor()
    return bed, Room(folder, LinuxBus(), door), door


def watch(folder: Path) -> dict[str, object]:
    """Run the sensor itself, in its thread, while keys and keyboards come and go."""
    bed, room, _ = _room(folder)
    stop = threading.Event()
    thread = threading.Thread(target=room.sensor.observe, args=(room.sink, stop), daemon=True)
    thread.start()
    _until(lambda: len(room.facts) == 2)
    said: dict[str, object] = {
        "start": room.said(),
        "at_work": [bed.works("1-1"), bed.works("1-2")],
    }
    milliseconds = []
    for place, interfaces, serial in (
        ("1-3", (STORAGE,), "A"), ("1-4", (STORAGE, KEYBOARD), "B"), ("1-5", (KEYBOARD,), ""),
        ("1-6", (MOUSE,), ""),
    ):  # fmt: skip
        room.screens.working = True
        began = time.monotonic()
        bed.plug(place, *interfaces, model=int(place[-1]) + 10, serial=serial)
        _until(lambda: bool(room.facts), 0.0002)
        milliseconds.append((time.monotonic() - began) * 1000)
        said[place] = [*room.said(), bed.works(place)]
    number = next(each.number for each in room.register.known() if each.device.serial == "A")
    room.register.decide(number, Standing.ALWAYS, room.now)
    _until(lambda: bool(room.facts))
    said["allowed"] = [*room.said(), bed.works("1-3")]
    bed.pull("1-3")
    bed.plug("1-3", STORAGE, model=13, serial="A")
    _until(lambda: bool(room.facts))
    said["again"] = [*room.said(), bed.works("1-3")]
    bed.pull("1-1")
    _until(lambda: bool(room.facts))
    said["replaced"] = [*room.said(), bed.works("1-5")]
    stop.set()
    thread.join(_PATIENCE)
    door = Path("/sys/bus/usb/devices/usb1/authorized_default").read_text().strip()
    return {**said, "door": door, "milliseconds": milliseconds, "locked": room.screens.locked}


def hid(folder: Path) -> dict[str, object]:
    """Let an input device turn out to be a keyboard."""
    bed, room, _ = _room(folder)
    room.start()
    bed.plug("1-3", SOME_INPUT, model=9)
    room.look()
    before = bed.works("1-3")
    bed.types("1-3")
    room.look()
    return {"said": room.said(), "before": before, "after": bed.works("1-3")}


def sequences(folder: Path, count: int = 100, steps: int = 12) -> dict[str, object]:
    """Plug, pull and answer at random on the real files of sysfs; count who is locked out."""
    rng = random.Random(2026)  # noqa: S311  (a seed makes the sequences repeatable)
    kinds = {"keyboard": (KEYBOARD,), "mouse": (MOUSE,), "key": (STORAGE,),
             "typing key": (STORAGE, KEYBOARD), "reader": (SOME_INPUT,)}  # fmt: skip
    bed, lock_outs, typing, done = MockedBus(), 0, 0, 0
    bus, door = LinuxBus(), SysfsDoor()
    for sequence in range(count):
        place_of: dict[str, str] = {}
        home = folder / str(sequence)
        home.mkdir()
        room = Room(home, bus, door)
        if rng.random() < 0.9:
            bed.plug("1-1", KEYBOARD, model=1)
            place_of["1-1"] = "keyboard"
        room.start()
        for _ in range(steps):
            place = rng.choice(("1-1", "1-2", "1-3", "1-4"))
            if place in place_of:
                bed.pull(place)
                del place_of[place]
            if rng.random() < 0.7:
                kind = rng.choice(list(kinds))
                bed.plug(
                    place, *kinds[kind], model=rng.randint(1, 3) + 10 * list(kinds).index(kind)
                )
                place_of[place] = kind
            room.screens.working = rng.random() < 0.8
            bus.wait(0)  # udev's queue is short
            room.look()
            done += 1
            plain = [at for at, kind in place_of.items() if kind == "keyboard"]
            lock_outs += bool(plain) and not any(bed.works(at) for at in plain)
            typing += any(bed.works(at) for at, kind in place_of.items() if kind == "typing key")
        for place in place_of:
            bed.pull(place)
        bus.wait(0)
        room.door.reopen()
        room.close()
    return {"sequences": count, "steps": done, "lock_outs": lock_outs, "typing_keys_let_in": typing}


def _until(what: object, pause: float = 0.005) -> None:
    limit = time.monotonic() + _PATIENCE
    while not what():  # type: ignore[operator]
        if time.monotonic() > limit:
            raise TimeoutError
        time.sleep(pause)


if __name__ == "__main__":
    play, place, *more = sys.argv[1:]
    said = globals()[play](Path(place), *map(int, more))
    json.dump(said, sys.stdout)
