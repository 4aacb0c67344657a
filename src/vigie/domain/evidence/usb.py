"""USB: what was plugged in, what it says it is, and what lay on a key that was read."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence import Evidence
from vigie.domain.finding import Gravity


@dataclass(frozen=True, slots=True, order=True)
class Interface:
    """One thing a device says it can do: class, subclass and protocol, as USB numbers them."""

    kind: int
    subclass: int = 0
    protocol: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device on the USB bus, as its own firmware describes it.

    `place` is where it is plugged in (`1-1.4`). `serial` is empty where it has none; `title` is
    what it calls itself. `types`: the system found that it is a keyboard, whatever it says.
    """

    place: str
    vendor: int
    product: int
    serial: str = ""
    interfaces: frozenset[Interface] = frozenset()
    title: str = ""
    types: bool = False

    @property
    def model(self) -> str:
        """Return vendor and product as people write them, such as 0951:1666."""
        return f"{self.vendor:04x}:{self.product:04x}"


class Standing(StrEnum):
    """What a person has decided about one device."""

    UNKNOWN = "unknown"
    ALWAYS = "always"
    ONCE = "once"
    NEVER = "never"
    OWN = "own"  # an input device of this machine: it was there before the watch began


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlugged(Evidence):
    """A device is there, and waits for a decision.

    `handle` names this plugging-in, `number` the device whenever it comes back. `present`: it was
    at work before the watch began. `in_use`: the system itself works from it. `keyboards` counts
    the trusted keyboards at work besides this one, `session`: somebody is signed in and the screen
    is open. `before`: it was another device a moment ago, at the same place, and was let in.
    """

    device: Device
    handle: str
    number: int
    standing: Standing = Standing.UNKNOWN
    present: bool = False
    in_use: bool = False
    keyboards: int = 0
    session: bool = True
    before: bool = False


class Mishap(StrEnum):
    """Why a key, or the rest of it, was not read."""

    PULLED = "pulled"
    UNKNOWN_VOLUME = "unknown_volume"
    LIES = "lies"
    TOO_MUCH = "too_much"
    TOO_SLOW = "too_slow"
    NO_SPACE = "no_space"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOnKey:
    """One file of a key. `name` is its path there, made printable; `size` is in bytes.

    `light` is what the judge of documents says: NOTE opens, CONCERN is offered as a safe copy,
    ALARM is set aside; `facts` say why. `bad`: these very bytes were judged bad before, somewhere.
    """

    name: str
    size: int
    form: str = "unknown"
    digest: str = ""
    light: Gravity = Gravity.NOTE
    facts: tuple[str, ...] = ()
    bad: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRead(Evidence):
    """A key was read to its end, or as far as it went.

    `title` is what people call it; `encrypted`: nothing of it can be read without its password.
    """

    title: str
    number: int
    files: tuple[FileOnKey, ...] = ()
    mishaps: frozenset[Mishap] = frozenset()
    encrypted: bool = False
