"""What the practice's network shows of itself: devices, and what each door of theirs answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vigie.domain.evidence import Evidence


class Kind(StrEnum):
    """What a person would call the device."""

    PRINTER = "printer"
    BOX = "box"
    NAS = "nas"
    CAMERA = "camera"
    COMPUTER = "computer"
    OTHER = "other"


class Door(StrEnum):
    """One way in that was tried, by what lies behind it."""

    IPP = "ipp"
    RAW = "raw"
    LPD = "lpd"
    SETTINGS = "settings"
    DEFAULT_PASSWORD = "default_password"  # noqa: S105  (a door's name)
    TELNET = "telnet"
    FTP = "ftp"
    FTP_ANONYMOUS = "ftp_anonymous"
    SNMP_PUBLIC = "snmp_public"
    SNMP_PRIVATE = "snmp_private"
    SHARE_READ = "share_read"
    SHARE_WRITE = "share_write"
    SMB1 = "smb1"
    REMOTE_DESKTOP = "remote_desktop"
    SCREEN = "screen"
    CAMERA = "camera"
    DATABASE = "database"
    FILES = "files"
    CONTROL = "control"
    UPNP = "upnp"
    NAT_PMP = "nat_pmp"
    MAPPING = "mapping"
    OUTSIDE = "outside"


class Answer(StrEnum):
    """What a door answered: it let us in, it may have, it asked for a password, it refused."""

    OPEN = "open"
    UNSURE = "unsure"
    ASKS = "asks"
    REFUSES = "refuses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One door of a device, and its answer.

    `port` is 0 where there is none. `about` names what lies behind (a share, a path, a mapping),
    so that two doors of one kind stay apart; `said` is the proof in one line. Both stay local.
    """

    door: Door
    answer: Answer
    port: int = 0
    about: str = ""
    said: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Door, int, str]:
        """Return what makes it the same door tomorrow."""
        return (self.door, self.port, self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device as one scan saw it.

    `pages` and `pages_after` are its counter of printed pages before and after the scan, None
    where it tells none. `software` are products with their versions, as it named them;
    `unread` are ports whose answers could not be read to their end.
    """

    address: str
    network: str
    mac: str = ""
    name: str = ""
    maker: str = ""
    model: str = ""
    kind: Kind = Kind.OTHER
    ports: tuple[int, ...] = ()
    tried: tuple[Tried, ...] = ()
    pages: int | None = None
    pages_after: int | None = None
    software: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()

    @property
    def identity(self) -> str:
        """Return what stays the same when the address changes: the MAC, where it is known."""
        return self.mac or self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What dated data say of a device's product. `ends` is an ISO date; `flaws` are counted."""

    product: str
    ends: str = ""
    ended: bool = False
    flaws: int = 0
    ransomware: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSeen(Evidence):
    """A scan saw a device.

    `before` is the last sight of it, None for a device that was never seen; `first` says that the
    network was never scanned before, so that nothing on it is news. `closed` says that nobody
    was at the practice between the two sights. `called` is what people call it.
    """

    device: Device
    called: str
    before: Device | None = None
    first: bool = False
    closed: bool = False
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceGone(Evidence):
    """A device that the last scan saw did not answer this one. `called` as people call it."""

    device: Device
    called: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAged(Evidence):
    """The dated data about products (`which` is a slug) are missing, or `days` old."""

    which: str
    days: int | None
