"""A practice's network, another one for each seed: planted weaknesses, decoys, and what they count."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import device_pages as pages
import imitations as imitation
import real_parts as real
from imitations import Counted
from namespaces import Lan

# What is planted, by the door it is found at: (address, door) → how it is planted.
Planted = dict[tuple[str, str], int]


@dataclass
class Bed:
    """One network: what must be found, what must not be accused, what was counted."""

    lan: Lan
    agent: str
    counted: Counted
    planted: Planted = field(default_factory=dict)
    decoys: set[str] = field(default_factory=set)
    spools: list[Path] = field(default_factory=list)
    papers: list[Path] = field(default_factory=list)

    @property
    def network(self) -> str:
        """Return the network in the way the command wants it."""
        return f"{self.lan.prefix}.0/24"

    def plant(self, address: str, *doors: str) -> None:
        """Note what must be found."""
        for door in doors:
            self.planted[address, door] = self.planted.get((address, door), 0) + 1

    def printed(self) -> tuple[int, int]:
        """Return (bytes to raw ports, pages printed)."""
        raw = sum(self.counted.bytes_to_raw.values()) + sum(p.stat().st_size for p in self.papers)
        jobs = sum(1 for spool in self.spools for file in spool.rglob("*") if file.is_file())
        return raw, jobs


def build(folder: Path, seed: int, *, crowd: int = 0, droppers: int = 1, trap: bool = True) -> Bed:
    """Return a network: 20 devices, `crowd` quiet ones and `droppers` that drop everything.

    One more is a `trap` that accepts at every port.
    """
    rng = random.Random(seed)
    prefix = rng.choice([f"192.168.{rng.randint(0, 254)}", f"10.{rng.randint(1, 9)}.{rng.randint(0, 254)}",
                         f"172.{rng.randint(16, 31)}.{rng.randint(0, 254)}"])  # fmt: skip
    lan = Lan(prefix, folder)
    numbers = rng.sample(range(2, 250), 40 + crowd + droppers)
    agent = lan.host(numbers.pop())
    bed = Bed(lan, agent, Counted())
    try:
        for make in (
            _printers,
            _papers,
            _files,
            _boxes,
            _desktops,
            _cameras,
            _databases,
            _websites,
        ):
            make(bed, rng, numbers)
        if trap:
            host, address = _new(bed, numbers)
            imitation.trap(bed.lan, host, 9999)
            bed.decoys.add(address)
        silent = [numbers.pop() for _ in range(droppers)]
        name = lan.host(*silent)
        lan.done(
            name,
            [
                "nft",
                "add table inet f; add chain inet f i { type filter hook input priority 0; policy drop; }",
            ],
        )
        bed.decoys |= {lan.address(last) for last in silent}
        if crowd:
            lan.host(*(numbers.pop() for _ in range(crowd)))
    except BaseException:
        lan.close()
        raise
    return bed


def _new(bed: Bed, numbers: list[int]) -> tuple[str, str]:
    last = numbers.pop()
    return bed.lan.host(last), bed.lan.address(last)


def _printers(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    maker, model = rng.choice(
        [("HP", "LaserJet M404"), ("Brother", "HL-L2350"), ("Canon", "MF440")]
    )
    bed.spools.append(real.ipp_printer(bed.lan, host, maker=maker, model=model, name="Accueil"))
    bed.plant(address, "ipp")
    host, address = _new(bed, numbers)
    bed.spools.append(
        real.ipp_printer(
            bed.lan, host, maker="Epson", model="WF-C5790", name="Salle", password=True
        )
    )
    bed.decoys.add(address)
    host, address = _new(bed, numbers)
    says = rng.choice(["requesting-user-name", "basic", "digest"])
    imitation.serve(
        bed.lan, host, 631, imitation.website(imitation.ipp_answers(says=says, accepts=True))
    )
    bed.plant(address, "ipp")
    host, address = _new(bed, numbers)
    refusing = imitation.ipp_answers(says="none", accepts=False, by_status=rng.random() < 0.5)
    imitation.serve(bed.lan, host, 631, imitation.website(refusing))
    imitation.serve(bed.lan, host, 9100, imitation.hangs_up)
    bed.decoys.add(address)


def _papers(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    for number in rng.sample([0, 1, 2], rng.randint(1, 2)):
        bed.papers.append(real.raw_printer(bed.lan, host, number))
        bed.plant(address, "raw")
    host, address = _new(bed, numbers)
    for port, door in ((rng.choice([9100, 9103, 9112, 9999]), "raw"), (515, "lpd")):
        imitation.serve(bed.lan, host, port, imitation.paper(bed.counted, address))
        bed.plant(address, door)
    imitation.serve(bed.lan, host, 23, imitation.telnet)
    anonymous = rng.random() < 0.5
    talk = imitation.ftp(bed.counted, address, anonymous=anonymous)
    imitation.serve(bed.lan, host, 21, talk)
    real.snmp_agent(
        bed.lan, host, communities=("public",), description="Brother NC-8300h, Firmware Ver.1.05",
        pages=rng.randint(100, 90_000),
    )  # fmt: skip
    bed.plant(address, "telnet", "ftp", "snmp_public", *(["ftp_anonymous"] if anonymous else []))


def _files(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    writes, old = rng.random() < 0.7, rng.random() < 0.7
    share = rng.choice(["Public", "Scans", "Échanges", "dossiers patients"])
    real.file_server(bed.lan, host, guests=True, old=old, share=share, writes=writes)
    bed.plant(
        address, "share_read", *(["share_write"] if writes else []), *(["smb1"] if old else [])
    )
    real.snmp_agent(
        bed.lan, host, communities=("private",), description="Linux NAS 4.4.302+ Synology DS218",
    )  # fmt: skip
    bed.plant(address, "snmp_private")
    host, address = _new(bed, numbers)
    real.file_server(bed.lan, host, guests=False, old=False)
    real.snmp_agent(bed.lan, host, communities=(), description="Linux")
    imitation.serve(
        bed.lan, host, 21, imitation.ftp(bed.counted, address, anonymous=False, tls_only=True)
    )
    bed.decoys.add(address)


def _boxes(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    ways = tuple(
        (port, bed.lan.address(numbers[-1]), rng.choice([23, 80, 3389, 9100]))
        for port in rng.sample([23, 80, 8080, 9100, 33890, 5555], rng.randint(1, 3))
    )
    natpmp = rng.random() < 0.7
    real.internet_box(
        bed.lan, host, mappings=ways, natpmp=natpmp, port=rng.choice([5000, 49152, 1780])
    )
    bed.plant(address, "upnp", *(["nat_pmp"] if natpmp else []), *["mapping"] * len(ways))
    page = pages.box_with_password(
        rng, "admin", "admin", "TP-Link", bed.counted, address, form=rng.random() < 0.5
    )
    imitation.serve(bed.lan, host, 80, imitation.website(page))
    bed.plant(address, "default_password")
    host, address = _new(bed, numbers)
    page = pages.box_with_password(
        rng, "admin", "Xk-29-langes-Wort", "Netgear", bed.counted, address, form=rng.random() < 0.5
    )
    imitation.serve(bed.lan, host, 80, imitation.website(page))
    bed.decoys.add(address)


def _desktops(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    imitation.serve(
        bed.lan, host, 3389, imitation.remote_desktop(rng.choice(["tls", "plain", "old"]))
    )
    imitation.serve(
        bed.lan, host, 5900, imitation.screen(rng.choice([(1,), (1, 2), (16, 1)]), old=False)
    )
    bed.plant(address, "remote_desktop", "screen")
    host, address = _new(bed, numbers)
    imitation.serve(bed.lan, host, 3389, imitation.remote_desktop("nla"))
    imitation.serve(bed.lan, host, 5900, imitation.screen(rng.choice([(2,), (16,), (18, 2)])))
    bed.decoys.add(address)


def _cameras(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    path = rng.choice(["/", "/stream1", "/Streaming/Channels/101", "/live"])
    imitation.serve(bed.lan, host, rng.choice([554, 8554]), imitation.camera(path, password=False))
    bed.plant(address, "camera")
    host, address = _new(bed, numbers)
    imitation.serve(bed.lan, host, 554, imitation.camera("/", password=True))
    bed.decoys.add(address)


def _databases(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    real.database(bed.lan, host, trusts=True)
    imitation.serve(bed.lan, host, 6379, imitation.redis(password=False))
    imitation.serve(bed.lan, host, 1883, imitation.broker(0))
    bed.plant(address, "database", "database", "control")
    host, address = _new(bed, numbers)
    real.database(bed.lan, host, trusts=False)
    imitation.serve(bed.lan, host, 6379, imitation.redis(password=True))
    imitation.serve(bed.lan, host, 1883, imitation.broker(5))
    bed.decoys.add(address)


def _websites(bed: Bed, rng: random.Random, numbers: list[int]) -> None:
    host, address = _new(bed, numbers)
    maker = rng.choice(list(pages.MAKERS))
    page = pages.settings_open(rng, maker, bed.counted, address)
    imitation.serve(bed.lan, host, rng.choice([80, 8080, 8000]), imitation.website(page))
    bed.plant(address, "settings")
    host, address = _new(bed, numbers)
    page = pages.settings_of_nobody(rng, bed.counted, address)
    imitation.serve(bed.lan, host, rng.choice([80, 8088]), imitation.website(page))
    bed.plant(address, "settings")
    for way in rng.sample(pages.SHUT, 2):
        host, address = _new(bed, numbers)
        page = pages.shut(rng, way, rng.choice(list(pages.MAKERS)), bed.counted, address)
        imitation.serve(bed.lan, host, 80, imitation.website(page))
        bed.decoys.add(address)
