import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from key_images import made
from usb_room import KEYBOARD, STORAGE, ModelBus

from vigie.agent import usb_watch
from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.orders import Taken, WishFailed
from vigie.agent.settings import parse
from vigie.domain.danger import Danger
from vigie.domain.evidence.usb import Standing
from vigie.domain.response import Deed
from vigie.tools.usb.register import FILE, Register
from vigie.wire import orders, reports

PATIENCE = 60.0


def until(what: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.02)


class Machine:
    """An agent that runs, and its bus."""

    def __init__(self, home: Path, bus: ModelBus) -> None:
        self.home, self.bus, self.shelf = home, bus, home / "shelf"
        settings = parse(
            f'[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n[usb]\nfolder = "{self.shelf}"\n'
        )
        self.agent = Agent(settings, home)
        self.parts = assembled(self.agent, home)

    @contextmanager
    def running(self) -> Iterator["Machine"]:
        work = threading.Thread(target=self.agent.run, args=(self.parts,), daemon=True)
        work.start()
        until(lambda: self.bus.closed)
        try:
            yield self
        finally:
            self.agent.stop()
            work.join(PATIENCE)

    def facts(self) -> list[str]:
        rows = self.agent.spool.lease(500)
        items = [reports.decode_item(row.body) for row in rows]
        return [
            fact.fact
            for item in items
            if isinstance(item, reports.ReportWord) and item.danger is Danger.STRAY_USB_KEY
            for fact in item.facts
        ]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    bus = ModelBus()
    bus.plug("1-1", KEYBOARD)
    monkeypatch.setattr(usb_watch, "bus_and_door", lambda: (bus, bus))
    return Machine(tmp_path, bus)


def key(tmp_path: Path, name: str = "key", megabytes: int = 48) -> Path:
    folder = tmp_path / f"{name}.d"
    folder.mkdir()
    (folder / "bilan.txt").write_text(f"bilan de {name}\n")
    (folder / "setup.exe").write_bytes(b"MZ" + bytes(100))
    return made(tmp_path / f"{name}.img", "fat32", folder, megabytes)


def copies(machine: Machine) -> list[str]:
    # A folder being read becomes the copies in one rename; `rglob` would stumble over it.
    return sorted(
        name
        for place, _, names in os.walk(machine.shelf)
        if ".reading" not in place
        for name in names
    )


def let_in(machine: Machine, place: str, serial: str, disk: Path) -> None:
    bus = machine.bus
    bus.plug(place, STORAGE, model=9, serial=serial)
    with register(machine) as known:
        until(lambda: any(each.device.serial == serial for each in known.known()))
        number = next(each.number for each in known.known() if each.device.serial == serial)
    machine.parts.fulfil[orders.AllowKey](
        Taken(
            sequence=1,
            at=datetime.now(UTC),
            wish=orders.AllowKey(key=number, leave=orders.Leave.ALWAYS),
        )
    )
    until(lambda: bus.plugged[place].open)
    bus.plugged[place] = replace(bus.plugged[place], disks=(str(disk),))
    bus.changed.set()


@contextmanager
def register(machine: Machine) -> Iterator[Register]:
    known = Register(machine.home / FILE)
    try:
        yield known
    finally:
        known.close()


def test_an_allowed_key_is_read_and_its_copies_go_with_it(machine: Machine, tmp_path: Path) -> None:
    with machine.running():
        let_in(machine, "1-3", "A", key(tmp_path))
        until(lambda: copies(machine) == ["bilan.txt"])
        folder = next(machine.shelf.iterdir())
        assert folder.stat().st_mode & 0o777 == 0o555
        until(lambda: "key_files_refused" in machine.facts())
        machine.bus.pull("1-3")
        until(lambda: copies(machine) == [])
        assert not list(machine.shelf.iterdir())


def test_two_keys_at_once_are_both_read(machine: Machine, tmp_path: Path) -> None:
    with machine.running():
        let_in(machine, "1-3", "A", key(tmp_path, "first"))
        let_in(machine, "1-4", "B", key(tmp_path, "second"))
        until(lambda: len(copies(machine)) == 2)


def test_a_key_taken_out_too_early_hands_nothing_on(machine: Machine, tmp_path: Path) -> None:
    disk = key(tmp_path)
    with machine.running():
        let_in(machine, "1-3", "A", disk)
        machine.bus.pull("1-3")
        disk.write_bytes(b"")
        until(lambda: "1-3" not in machine.bus.plugged and not copies(machine))
        until(lambda: not machine.shelf.exists() or not list(machine.shelf.iterdir()))


def test_when_the_agent_ends_the_door_is_open_again(machine: Machine) -> None:
    with machine.running():
        assert machine.bus.closed
    assert not machine.bus.closed


def test_an_order_about_a_device_nobody_has_seen_fails(machine: Machine) -> None:
    wish = orders.AllowKey(key=7, leave=orders.Leave.ONCE)
    with machine.running(), pytest.raises(WishFailed):
        machine.parts.fulfil[orders.AllowKey](Taken(sequence=1, at=datetime.now(UTC), wish=wish))


def test_an_order_to_forget_makes_a_stranger_of_a_key(machine: Machine, tmp_path: Path) -> None:
    with machine.running():
        let_in(machine, "1-3", "A", key(tmp_path))
        with register(machine) as known:
            (number,) = (e.number for e in known.known() if e.standing is Standing.ALWAYS)
        wish = orders.ForgetKey(key=number)
        machine.parts.fulfil[orders.ForgetKey](Taken(sequence=2, at=datetime.now(UTC), wish=wish))
        until(lambda: not machine.bus.plugged["1-3"].open)


def test_what_is_blocked_on_the_bus_leaves_the_undo_book_with_the_device(machine: Machine) -> None:
    def blocked() -> list[str]:
        pending = machine.agent.undo.pending()
        return [entry.target for entry in pending if entry.deed is Deed.BLOCK]

    with machine.running():
        machine.bus.plug("1-3", STORAGE, model=9)
        until(lambda: blocked() == ["usb:1-3:2"])
        machine.bus.pull("1-3")
        until(lambda: blocked() == [])
