import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from usb_room import (
    KEYBOARD,
    MOUSE,
    NETWORK,
    PRINTER,
    SOME_INPUT,
    STORAGE,
    ModelBus,
    Room,
)

from vigie.domain.evidence.usb import Standing
from vigie.domain.response import Deed, Result
from vigie.sensors import SensorBlind
from vigie.tools.usb.register import NeverForGood

SEQUENCES, STEPS = 1_000, 12


@pytest.fixture
def bus() -> ModelBus:
    bus = ModelBus()
    bus.plug("1-1", KEYBOARD, SOME_INPUT, model=1)
    bus.plug("1-2", MOUSE, model=2)
    return bus


@pytest.fixture
def room(bus: ModelBus, tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path, bus, bus)
    yield room
    room.close()


@pytest.fixture
def watched(room: Room) -> Room:
    room.start()
    room.said()
    return room


def works(bus: ModelBus, place: str) -> bool:
    return bus.plugged[place].open


def test_what_was_at_work_goes_on_and_the_door_is_shut(room: Room, bus: ModelBus) -> None:
    room.start()
    assert room.said() == ["input_allowed", "input_allowed"]
    assert works(bus, "1-1")
    assert works(bus, "1-2")
    assert bus.closed


def test_an_unknown_key_stays_blocked_and_is_asked_about_once(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    assert not works(bus, "1-3")
    bus.pull("1-3")
    watched.look()
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    assert watched.said() == ["key_unknown", "key_unknown_again"]
    assert watched.wished.count(Deed.ASK) == 1


def test_a_key_that_the_caretaker_allows_is_let_in_while_it_waits(
    watched: Room, bus: ModelBus
) -> None:
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    number = watched.register.known()[0].number
    watched.register.decide(number, Standing.ALWAYS, watched.now)
    watched.look()
    assert watched.said() == ["key_unknown", "key_listed"]
    assert works(bus, "1-3")


def test_another_key_of_the_same_model_is_a_stranger(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    watched.register.decide(watched.register.known()[0].number, Standing.ALWAYS, watched.now)
    bus.plug("1-4", STORAGE, model=9, serial="B")
    watched.look()
    assert works(bus, "1-3")
    assert not works(bus, "1-4")


def test_once_is_once(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, model=9)
    watched.look()
    number = watched.register.known()[0].number
    with pytest.raises(NeverForGood):
        watched.register.decide(number, Standing.ALWAYS, watched.now)
    watched.register.decide(number, Standing.ONCE, watched.now)
    watched.look()
    assert works(bus, "1-3")
    bus.pull("1-3")
    watched.look()
    bus.plug("1-3", STORAGE, model=9)
    watched.look()
    assert not works(bus, "1-3")


def test_a_key_that_is_forgotten_while_it_works_stops(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    number = watched.register.known()[0].number
    watched.register.decide(number, Standing.ALWAYS, watched.now)
    watched.look()
    watched.register.forget(number)
    watched.look()
    assert not works(bus, "1-3")


def test_a_key_that_types_is_blocked_and_the_screen_is_locked(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, KEYBOARD, model=9, serial="A")
    watched.look()
    assert watched.said() == ["key_types"]
    assert not works(bus, "1-3")
    assert watched.screens.locked == 1


def test_a_second_keyboard_is_blocked_and_the_screen_is_locked(
    watched: Room, bus: ModelBus
) -> None:
    bus.plug("1-3", KEYBOARD, model=9)
    watched.look()
    assert watched.said() == ["keyboard_new"]
    assert not works(bus, "1-3")
    assert watched.screens.locked == 1


def test_the_copy_of_a_keyboard_that_is_plugged_in_is_a_stranger(
    watched: Room, bus: ModelBus
) -> None:
    bus.plug("1-3", KEYBOARD, SOME_INPUT, model=1)
    watched.look()
    assert watched.said() == ["keyboard_new"]


def test_our_own_keyboard_works_at_any_socket(watched: Room, bus: ModelBus) -> None:
    bus.pull("1-1")
    watched.look()
    bus.plug("1-7", KEYBOARD, SOME_INPUT, model=1)
    watched.look()
    assert works(bus, "1-7")
    assert watched.screens.locked == 0


def test_a_new_keyboard_in_the_place_of_the_only_one_works_behind_a_locked_screen(
    watched: Room, bus: ModelBus
) -> None:
    bus.pull("1-1")
    bus.plug("1-1", KEYBOARD, model=9)
    watched.look()
    assert watched.said() == ["keyboard_replaced"]
    assert works(bus, "1-1")
    assert watched.screens.locked == 1


def test_a_keyboard_that_waits_is_let_in_when_the_trusted_one_goes(
    watched: Room, bus: ModelBus
) -> None:
    bus.plug("1-3", KEYBOARD, model=9)
    watched.look()
    watched.screens.working = True
    bus.pull("1-1")
    watched.look()
    assert watched.said() == ["keyboard_new", "keyboard_replaced"]
    assert works(bus, "1-3")


def test_a_key_that_turns_into_a_keyboard_is_blocked(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    watched.register.decide(watched.register.known()[0].number, Standing.ALWAYS, watched.now)
    watched.look()
    bus.plug("1-3", STORAGE, KEYBOARD, model=9, serial="A")
    watched.look()
    assert watched.said() == ["key_unknown", "key_listed", "device_changed"]
    assert not works(bus, "1-3")


def test_a_key_that_begins_to_type_without_leaving_is_blocked(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", STORAGE, model=9, serial="A")
    watched.look()
    watched.register.decide(watched.register.known()[0].number, Standing.ALWAYS, watched.now)
    watched.look()
    bus.plugged["1-3"] = replace(bus.plugged["1-3"], typing=True)
    watched.look()
    assert watched.said()[-1] == "device_changed"
    assert not works(bus, "1-3")


def test_an_input_device_that_turns_out_to_type_is_judged_as_a_keyboard(
    watched: Room, bus: ModelBus
) -> None:
    bus.plug("1-3", SOME_INPUT, model=9)
    watched.look()
    assert works(bus, "1-3")
    bus.plugged["1-3"] = replace(bus.plugged["1-3"], typing=True)
    watched.look()
    assert watched.said() == ["input_allowed", "keyboard_new"]
    assert not works(bus, "1-3")


def test_printers_work_and_networks_are_asked_about(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", PRINTER, model=8)
    bus.plug("1-4", NETWORK, model=9)
    watched.look()
    assert works(bus, "1-3")
    assert not works(bus, "1-4")


def test_a_disk_the_system_works_from_is_left_alone(bus: ModelBus, tmp_path: Path) -> None:
    bus.plug("1-3", STORAGE, model=7)
    bus.plugged["1-3"] = replace(bus.plugged["1-3"], in_use=True, disks=("/dev/sda",))
    room = Room(tmp_path, bus, bus)
    room.start()
    assert "key_in_use" in room.said()
    assert works(bus, "1-3")
    room.close()


def test_a_door_that_cannot_be_shut_is_blindness(room: Room, bus: ModelBus) -> None:
    class Stuck(ModelBus):
        def shut(self) -> None:
            raise PermissionError("authorized_default")

    room.sensor.door = Stuck()
    with pytest.raises(SensorBlind):
        room.sensor.observe(room.sink, threading.Event())
    assert not bus.closed


def test_when_the_watch_ends_the_door_is_open_again(room: Room, bus: ModelBus) -> None:
    stop = threading.Event()
    stop.set()
    room.sensor.observe(room.sink, stop)
    assert not bus.closed


def test_every_deed_on_the_bus_went_well(watched: Room, bus: ModelBus) -> None:
    bus.plug("1-3", KEYBOARD, model=9)
    bus.plug("1-4", STORAGE, model=8)
    watched.look()
    assert {outcome.result for outcome in watched.outcomes} <= {Result.DONE, Result.NOT_NEEDED}


PLACES = ("1-1", "1-2", "1-3", "2-1")
KINDS = {
    "keyboard": (KEYBOARD,),
    "keyboard and more": (KEYBOARD, SOME_INPUT),
    "mouse": (MOUSE,),
    "key": (STORAGE,),
    "typing key": (STORAGE, KEYBOARD),
    "typing network": (NETWORK, KEYBOARD),
    "reader": (SOME_INPUT,),
}
PLAIN = {"keyboard", "keyboard and more"}


class Desk:
    """One machine, and hands that plug, pull, sign in and answer at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  (a seed makes the sequence repeatable)
        self.bus = ModelBus()
        self.kinds: dict[str, str] = {}
        if self.rng.random() < 0.9:
            self.plug("1-1", "keyboard and more")
        self.room = Room(folder, self.bus, self.bus)
        self.room.start()

    def plug(self, place: str, kind: str) -> None:
        model = self.rng.randint(1, 4) + 10 * list(KINDS).index(kind)
        self.bus.plug(place, *KINDS[kind], model=model, serial=self.rng.choice(["", "A"]))
        self.kinds[place] = kind

    def step(self) -> None:
        place = self.rng.choice(PLACES)
        match self.rng.randint(0, 9):
            case 0 | 1 | 2 | 3 if place not in self.bus.plugged:
                self.plug(place, self.rng.choice(list(KINDS)))
            case 4 | 5:
                self.bus.pull(place)
                self.kinds.pop(place, None)
            case 6:
                self.room.screens.working = self.rng.random() < 0.7
            case 7:
                known = self.room.register.known()
                if known:
                    number = self.rng.choice(known).number
                    wish = self.rng.choice([Standing.ONCE, Standing.NEVER])
                    self.room.register.decide(number, wish, self.room.now)
            case 8 if place in self.bus.plugged:  # it says something else from one look to the next
                self.plug(place, self.rng.choice(list(KINDS)))
            case 9 if self.rng.random() < 0.3:
                self.bus.reopen()
                self.room.start()  # the agent is restarted
        self.room.look()

    @property
    def locked_out(self) -> bool:
        """Return whether an honest keyboard is plugged in, and none of them works."""
        plain = [place for place, kind in self.kinds.items() if kind in PLAIN]
        return bool(plain) and not any(self.bus.plugged[place].open for place in plain)

    @property
    def typing_key_at_work(self) -> bool:
        mixed = {"typing key", "typing network"}
        return any(
            self.bus.plugged[place].open and kind in mixed for place, kind in self.kinds.items()
        )


def test_in_a_thousand_random_sequences_nobody_is_left_without_a_keyboard(tmp_path: Path) -> None:
    lock_outs, let_in, steps = 0, 0, 0
    for seed in range(SEQUENCES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        desk = Desk(folder, seed)
        for _ in range(STEPS):
            desk.step()
            steps += 1
            lock_outs += desk.locked_out
            let_in += desk.typing_key_at_work
        desk.room.close()
    assert steps == SEQUENCES * STEPS
    assert lock_outs == 0
    assert let_in == 0
