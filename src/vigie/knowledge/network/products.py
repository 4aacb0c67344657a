"""Which products a device runs, against dated lists: ends of support, and flaws that are used.

The lists are files that a caretaker brings: endoflife.date's products and CISA's KEV catalogue.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vigie.domain.evidence.printers import Device, Flaw

# What many products are called: alone it tells nothing.
_COMMON = frozenset(
    [
        "server",
        "servers",
        "web",
        "camera",
        "cameras",
        "router",
        "routers",
        "multiple",
        "products",
        "product",
        "device",
        "devices",
        "security",
        "software",
        "firmware",
        "system",
        "manager",
        "management",
        "network",
        "windows",
        "linux",
        "kernel",
        "os",
        "and",
        "the",
        "for",
        "series",
        "gateway",
        "application",
        "client",
        "service",
    ]
)
_MOST = 8


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a product, and when its security updates end (None: not known to end)."""

    product: str
    cycle: str
    ends: date | None


@dataclass(frozen=True, slots=True)
class Exploited:
    """One flaw that is used in the wild."""

    vendor: str
    product: str
    ransomware: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """What was imported. `dates` say when each was published, by `eol` and `kev`."""

    releases: tuple[Release, ...] = ()
    exploited: tuple[Exploited, ...] = ()
    dates: Mapping[str, date] = field(default_factory=dict)

    def flaws(self, device: Device, today: date) -> tuple[Flaw, ...]:
        """Return what the lists say of a device."""
        return (*self._ended(device, today), *self._used(device))[:_MOST]

    def _ended(self, device: Device, today: date) -> Iterable[Flaw]:
        said = [text for text in (*device.software, device.model) if text]
        found: dict[str, Release] = {}
        for release in self.releases:
            if any(_runs(release, text) for text in said):
                known = found.get(release.product)
                # 22.04 rather than 22: the longest cycle that fits is the one that runs.
                if known is None or len(release.cycle) > len(known.cycle):
                    found[release.product] = release
        for release in found.values():
            if release.ends and release.ends <= today:
                yield Flaw(
                    product=f"{release.product} {release.cycle}",
                    ends=release.ends.isoformat(),
                    ended=True,
                )

    def _used(self, device: Device) -> Iterable[Flaw]:
        said = _words(f"{device.maker} {device.model} {' '.join(device.software)}")
        counted: dict[str, list[Exploited]] = {}
        for flaw in self.exploited:
            telling = _words(flaw.product) - _COMMON - _words(flaw.vendor)
            if _words(flaw.vendor) <= said and telling and telling <= said:
                counted.setdefault(f"{flaw.vendor} {flaw.product}", []).append(flaw)
        for product, flaws in counted.items():
            yield Flaw(
                product=product[:80],
                flaws=len(flaws),
                ransomware=sum(flaw.ransomware for flaw in flaws),
            )


def releases_in(name: str, table: Any) -> tuple[Release, ...]:  # noqa: ANN401  (JSON)
    """Return the releases of one file of endoflife.date, of its old or its new interface.

    Raise ValueError for anything else. `name` is the product's, where the file does not say it.
    """
    if isinstance(table, list):
        return tuple(_release(name, row, row.get("cycle"), row.get("eol")) for row in _rows(table))
    result = table.get("result") if isinstance(table, dict) else None
    products = result if isinstance(result, list) else [result]
    found: list[Release] = []
    for product in products:
        if not isinstance(product, dict) or not isinstance(product.get("releases"), list):
            raise ValueError("not a list of releases")  # noqa: TRY004  (of its content)
        label = str(product.get("label") or product.get("name") or name)
        found += [
            _release(label, row, row.get("name"), row.get("eolFrom") or row.get("isEol"))
            for row in _rows(product["releases"])
        ]
    return tuple(found)


def exploited_in(table: Any) -> tuple[Exploited, ...]:  # noqa: ANN401  (JSON)
    """Return the flaws of CISA's catalogue. Raise ValueError for anything else."""
    rows = table.get("vulnerabilities") if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise ValueError("not CISA's catalogue")  # noqa: TRY004  (of its content)
    return tuple(
        Exploited(
            str(row.get("vendorProject", ""))[:80],
            str(row.get("product", ""))[:120],
            row.get("knownRansomwareCampaignUse") == "Known",
        )
        for row in _rows(rows)
    )


def _rows(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [row for row in rows if isinstance(row, dict)]


def _release(product: str, row: Mapping[str, Any], cycle: object, ends: object) -> Release:
    del row
    when = None
    if isinstance(ends, str):
        try:
            when = date.fromisoformat(ends[:10])
        except ValueError:
            when = None
    elif ends is True:
        when = date.min
    return Release(product[:60], str(cycle or "")[:40], when)


def _runs(release: Release, text: str) -> bool:
    """Return whether a text names a product and one of this release's versions after it."""
    if not release.cycle or not re.match(r"[\w.]", release.cycle):
        return False
    product = re.escape(release.product.replace("-", " ")).replace(r"\ ", r"[ _-]?")
    cycle = re.escape(release.cycle).replace(r"\-", "[ -]?")
    pattern = (
        rf"(?<!\w){product}[ /_v-]{{1,3}}(?:server |version )?{cycle}(?![\w]|\.\d+\.\d+\.\d+\.)"
    )
    return re.search(pattern, text, re.IGNORECASE) is not None


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 1}
