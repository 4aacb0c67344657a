"""Watching the bus: nothing new works by itself, and each device is judged once it is there.

First of all the keyboards and mice at work are written down as the machine's own; only then is the
door shut. A look is a whole one, so a device that comes and goes, or changes what it says, is found
by comparing two looks. What waits is judged again when a person has decided about it, and when the
last trusted keyboard has gone.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from vigie.domain.danger import Danger
from vigie.domain.evidence.usb import Device, DevicePlugged, Interface, Standing
from vigie.knowledge import usb
from vigie.knowledge.key_names import clean_part
from vigie.knowledge.usb import Role, roles
from vigie.sensors import SensorBlind, Sink
from vigie.tools.screens import Screens
from vigie.tools.usb import Bus, Door, Seen
from vigie.tools.usb.register import Register

OFTEN = 1.0  # seconds between two looks at what a person has decided meanwhile
# A firmware that turns into something else is back within a second; no hand is that quick.
CHANGED = 2.0  # seconds
_INPUT = frozenset({Role.KEYBOARD, Role.POINTER})
_TRUSTED = frozenset({Standing.OWN, Standing.ALWAYS, Standing.ONCE})


@dataclass(slots=True)
class _Post:
    """One device that is plugged in. `trusted`: it may stand for the machine's keyboard."""

    seen: Seen
    device: Device
    handle: str
    number: int
    present: bool = False
    trusted: bool = False
    standing: Standing = Standing.UNKNOWN
    disks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Whom the sensor tells of what is not evidence.

    `ready`: a key that was let in has its disks. `gone`: a device is there no more.
    """

    ready: Callable[[DevicePlugged, Sequence[str]], object] = lambda _what, _disks: None
    gone: Callable[[DevicePlugged], object] = lambda _: None


@dataclass(slots=True)
class Usb:
    """The sensor. `machine` is its pseudonym."""

    bus: Bus
    door: Door
    register: Register
    screens: Screens
    machine: str
    moves: Moves = field(default_factory=Moves)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    name: str = "usb"
    blinds: tuple[Danger, ...] = (Danger.STRAY_USB_KEY,)
    _posts: dict[str, _Post] = field(default_factory=dict)
    _left: dict[str, tuple[_Post, float]] = field(default_factory=dict)
    _standings: Mapping[int, Standing] = field(default_factory=dict)
    _pulse: float = field(default_factory=time.monotonic)

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Judge what is there, then what comes. Raise SensorBlind where the door cannot be shut."""
        try:
            self.begin(sink)
            while not stop.is_set():
                self._pulse = time.monotonic()
                if self.bus.wait(OFTEN):
                    self.door.shut()  # a dock may have brought a bus of its own
                    self.look(sink)
                elif self._decided():
                    self._again(sink)
        finally:
            self.door.reopen()

    def begin(self, sink: Sink) -> None:
        """Write down what is at work, shut the door, judge what is there. Raise SensorBlind."""
        self._posts, self._left = {}, {}
        before = {_plugging(seen): seen for seen in self.bus.devices()}
        self._own(before.values())
        try:
            self.door.shut()
        except OSError as trouble:
            raise SensorBlind("no_permission", str(trouble)) from trouble
        self.look(sink, present=frozenset(before))

    def pulse(self) -> float:
        """Return when the sensor last went round."""
        return self._pulse

    def find(self, handle: str) -> DevicePlugged | None:
        """Return the device of this plugging-in, if it is still there."""
        post = self._posts.get(handle)
        return self._evidence(post) if post else None

    def look(self, sink: Sink, present: frozenset[str] = frozenset()) -> None:
        """Compare what is there with what was; judge what is new, changed, or waits no longer."""
        now = {_plugging(seen): seen for seen in self.bus.devices()}
        for handle in self._posts.keys() - now.keys():
            self._forget(self._posts.pop(handle))
        fresh = []
        for handle, seen in now.items():
            post = self._posts.get(handle)
            if post is None:
                post = self._posts[handle] = self._met(handle, seen, handle in present)
                fresh.append((post, self._turned(post)))
            elif _device(seen) != post.device:
                fresh.append((post, self._becomes(post, seen)))
            post.seen = seen
        # Whoever types is decided last, when every trusted keyboard of this look is known.
        for post, before in sorted(fresh, key=lambda row: Role.KEYBOARD in roles(row[0].device)):
            sink(self._evidence(post, before=before))
        if fresh:
            self._refresh()  # what was decided has its effect already
        self._again(sink, without={post.handle for post, _ in fresh})
        self._disks()

    def _refresh(self) -> None:
        for seen in self.bus.devices():
            if post := self._posts.get(_plugging(seen)):
                post.seen = seen

    def _again(self, sink: Sink, without: frozenset[str] | set[str] = frozenset()) -> None:
        """Judge again what waits, where that may end otherwise now."""
        self._standings = self.register.standings()
        for post in list(self._posts.values()):
            standing = self._standings.get(post.number, Standing.UNKNOWN)
            # A person may have decided while it was being judged for the first time.
            judged = post.handle in without and standing is post.standing
            if not judged and self._waits(post, standing):
                self._stand(post, standing)
                sink(self._evidence(post))
                self._refresh()

    def _waits(self, post: _Post, standing: Standing) -> bool:
        """Return whether this device may be judged otherwise now."""
        decided = standing is not post.standing and Standing.OWN not in {standing, post.standing}
        if self._open(post):  # let in until now, and a person thinks better of it
            return decided and Role.KEY in roles(post.device)
        plain = _types(post) and roles(post.device) <= _INPUT
        return decided or (plain and not self._keyboards(post))

    def _decided(self) -> bool:
        return self.register.standings() != self._standings

    def _own(self, there: Iterable[Seen]) -> None:
        for seen in there:
            device = _device(seen)
            if seen.open and roles(device) <= _INPUT:
                known = self.register.meet(device, self.clock())
                self.register.own(known.number, self.clock())

    def _met(self, handle: str, seen: Seen, was_there: bool) -> _Post:  # noqa: FBT001
        device = _device(seen)
        known = self.register.meet(device, self.clock())
        post = _Post(seen, device, handle, known.number, present=was_there and seen.open)
        self._stand(post, known.standing)
        return post

    def _stand(self, post: _Post, standing: Standing) -> None:
        """Note what is known of a device; a second one of a known kind is not the known one."""
        twin = any(
            other.trusted and other.number == post.number and other is not post
            for other in self._posts.values()
        )
        post.standing = Standing.UNKNOWN if twin and standing is Standing.OWN else standing
        post.trusted = post.present or post.standing in _TRUSTED

    def _becomes(self, post: _Post, seen: Seen) -> bool:
        """Take in that a device is another now; return whether it was let in as something else."""
        was, let_in = roles(post.device), self._open(post)
        post.device, post.present = _device(seen), post.present and not _types_anew(post, seen)
        known = self.register.meet(post.device, self.clock())
        post.number = known.number
        self._stand(post, known.standing)
        return let_in and not was & _INPUT and bool(roles(post.device) - was)

    def _turned(self, post: _Post) -> bool:
        """Return whether this place held another device a moment ago, which had been let in."""
        left, when = self._left.get(post.device.place, (None, 0.0))
        if left is None or time.monotonic() - when > CHANGED or post.present:
            return False
        return self._open(left) and bool(roles(post.device) - roles(left.device))

    def _forget(self, post: _Post) -> None:
        self._left[post.device.place] = (post, time.monotonic())
        if self._open(post):
            self.register.used(post.number)
        self.moves.gone(self._evidence(post))

    def _disks(self) -> None:
        for post in self._posts.values():
            new = post.seen.disks if self._open(post) and not post.seen.in_use else ()
            if new != post.disks:
                post.disks = new
                if new and Role.KEY in roles(post.device):
                    self.moves.ready(self._evidence(post), new)

    def _open(self, post: _Post) -> bool:
        return post.seen.open

    def _keyboards(self, post: _Post) -> int:
        """Return how many trusted keyboards work besides this device."""
        others = (
            other
            for other in self._posts.values()
            if other is not post and other.trusted and self._open(other)
        )
        typing = sum(roles(other.device) <= _INPUT and _types(other) for other in others)
        return typing + self.bus.built_in_keyboards()

    def _evidence(self, post: _Post, *, before: bool = False) -> DevicePlugged:
        keyboards = self._keyboards(post)
        return DevicePlugged(
            at=self.clock(),
            machine=self.machine,
            device=post.device,
            handle=post.handle,
            number=post.number,
            standing=post.standing,
            present=post.present,
            in_use=post.present and post.seen.in_use,
            keyboards=keyboards,
            session=self.screens.open() if _types(post) else True,
            before=before and not (roles(post.device) <= _INPUT and not keyboards),
        )


def _plugging(seen: Seen) -> str:
    return f"usb:{seen.place}:{seen.number}"


def _types(post: _Post) -> bool:
    return Role.KEYBOARD in roles(post.device)


def _types_anew(post: _Post, seen: Seen) -> bool:
    return Role.KEYBOARD in roles(_device(seen)) - roles(post.device)


def _device(seen: Seen) -> Device:
    """Return what a device says of itself, made printable, and what the system found."""
    set_up = frozenset(Interface(*each) for each in seen.interfaces)
    offered = usb.interfaces(seen.untrusted_descriptors)
    device = Device(
        place=seen.place,
        vendor=seen.vendor,
        product=seen.product,
        serial=clean_part(seen.untrusted_serial) if seen.untrusted_serial else "",
        interfaces=offered | set_up,
        title=clean_part(seen.untrusted_title) if seen.untrusted_title else "",
    )
    says_keyboard = any(usb.types(report) for report in seen.untrusted_reports)
    return replace(device, types=seen.typing or says_keyboard)
