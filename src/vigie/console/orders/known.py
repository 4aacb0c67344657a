"""What the console knows of one machine that an order may be about: from its own reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigie.console.accounts.models import Person
from vigie.console.desk import moments, words
from vigie.console.intake.models import Report
from vigie.console.orders.verbs import Verb
from vigie.console.practices.models import Machine
from vigie.domain.danger import Danger
from vigie.domain.response import Deed, Result

LOOKED_BACK = timedelta(days=90)  # as long as held things are kept
MOST_READ = 500
MOST_SHOWN = 20

Choices = list[tuple[str, str]]
_KEPT = frozenset({"update_kept", "update_failed_late"})  # there is a way back from these


@dataclass(frozen=True, slots=True)
class Known:
    """One machine as its reports describe it to one person."""

    person: Person
    machine: Machine
    now: datetime

    def held(self) -> Choices:
        """Return what was put aside: the report it was told by, and its sentence."""
        return [
            (row.item, self._label(row, row.facts[0]))
            for row in self._reports()
            if not row.facts[0]["fact"].startswith("order_")
            and any(o["deed"] == Deed.HOLD and o["result"] == Result.DONE for o in row.outcomes)
        ][:MOST_SHOWN]

    def keys(self) -> Choices:
        """Return the USB devices that were seen: their number, and the last word about them."""
        return self._numbered("key", Danger.STRAY_USB_KEY)

    def updates(self, verb: Verb) -> Choices:
        """Return the updates to install, or to go back from."""
        told = self._numbered("update", Danger.FAILED_UPDATE)
        kept = {number for number, fact in self._facts("update") if fact in _KEPT}
        return [one for one in told if (one[0] in kept) == (verb is Verb.ROLL_BACK)]

    def _numbered(self, name: str, danger: Danger) -> Choices:
        found: dict[str, str] = {}
        for row in self._reports(danger):
            for fact in row.facts:
                if number := fact["numbers"].get(name):
                    found.setdefault(str(number), self._label(row, fact))
        return list(found.items())[:MOST_SHOWN]

    def _facts(self, name: str) -> Iterator[tuple[str, str]]:
        for row in self._reports(Danger.FAILED_UPDATE):
            for fact in row.facts:
                if number := fact["numbers"].get(name):
                    yield str(number), fact["fact"]

    def _reports(self, danger: Danger | None = None) -> list[Report]:
        rows = Report.objects.visible_to(self.person).filter(
            machine=self.machine, at__gt=self.now - LOOKED_BACK
        )
        if danger:
            rows = rows.filter(danger=danger)
        return list(rows.order_by("-at")[:MOST_READ])

    def _label(self, row: Report, fact: dict[str, object]) -> str:
        numbers: dict[str, int] = fact["numbers"]  # type: ignore[assignment]  # as it was received
        said = words.fact(row.danger, str(fact["fact"]), numbers)
        zone = self.machine.practice.timezone
        return f"{moments.moment(row.at, zone, self.now)} · {said}"
