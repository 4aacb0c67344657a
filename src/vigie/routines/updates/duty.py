"""The nightly updates, and the look at midday that announces them, for the agent's duties."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.updates import UpdateFound
from vigie.domain.practice import ConsultationHours
from vigie.routines.updates.calling import (
    calling,
    first_seen,
    may_begin,
    put_off_until,
)
from vigie.routines.updates.conducting import Conductor
from vigie.routines.updates.offers import Offer, offers, release_better
from vigie.routines.updates.register import State
from vigie.routines.updates.telling import ended, number_of

log = logging.getLogger(__name__)

LOOKED_AT = time(13, 0)  # lunch: an evening can still be chosen

Tell = Callable[[Evidence], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the practice chose: by itself or by order, first or after others."""

    automatic: bool = True
    system: bool = True
    willing: bool = False
    wait: timedelta = timedelta(0)
    hour: time = time(22, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLook:
    """Asks what is offered, downloads it, and announces each update once."""

    conductor: Conductor
    consultations: ConsultationHours
    choice: Choice
    machine: str
    tell: Tell
    name: str = "update_look"
    blinds: tuple[Danger, ...] = (Danger.FAILED_UPDATE,)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def due_after(self, moment: datetime) -> datetime:
        """Return the next midday after `moment`, outside consultations."""
        return calling(LOOKED_AT, self.consultations, moment)

    def run(self) -> None:
        """Look, download and announce. Raise PackagesFailed where the manager does not answer."""
        made, now = self.conductor, self.clock()
        for offer in found(made, system=self.choice.system):
            number = number_of(offer.changes)
            known = made.register.held().announced
            if offer.refused or not offer.changes or str(number) in known:
                continue
            first_seen(made.register, number, now)
            made.packages.download(offer.changes)
            self.tell(
                UpdateFound(
                    at=now,
                    machine=self.machine,
                    unit=offer.unit,
                    update=number,
                    packages=len(offer.changes),
                    willing=self.choice.willing,
                )
            )
            made.register.hold(announced={**known, str(number): now})


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateNight:
    """Installs at night what may be installed, one unit after the other."""

    conductor: Conductor
    consultations: ConsultationHours
    choice: Choice
    machine: str
    tell: Tell
    name: str = "updates"
    blinds: tuple[Danger, ...] = (Danger.FAILED_UPDATE,)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def due_after(self, moment: datetime) -> datetime:
        """Return the next evening after `moment`, outside consultations."""
        return calling(self.choice.hour, self.consultations, moment)

    def run(self) -> None:
        """Update. It may be called late in the day: with a patient near, it waits for tonight.

        Raise PackagesFailed where the manager does not answer, Busy where somebody updates.
        """
        made = self.conductor
        self.resume()
        if put_off_until(made.register, self.clock()):
            return
        for offer in found(made, system=self.choice.system):
            if not may_begin(self.consultations, self.clock()):
                log.info("a consultation is near: updates wait")
                return
            if self._may(offer):
                made.run(offer)
                self.speak(self.clock())
        made.tidy()

    def resume(self) -> None:
        """Finish what a kill left, and tell of it. Raise Busy where somebody updates."""
        self.conductor.resume()
        self.speak(self.clock())

    def speak(self, now: datetime) -> None:
        """Tell of every run that has ended and was not told of: one by hand as well."""
        for run in self.conductor.register.runs():
            incomplete = run.state is State.ROLLING_BACK and run.tries > 0
            if not run.told and (run.ended or incomplete):
                self.conductor.register.note(run, told=bool(run.ended))
                self.tell(ended(run, at=now, machine=self.machine))

    def _may(self, offer: Offer) -> bool:
        """Return whether an offer may be taken tonight: by order, or by itself after its time."""
        number = number_of(offer.changes)
        if str(number) in self.conductor.register.held().allowed:
            return True
        seen = first_seen(self.conductor.register, number, self.clock())
        wait = timedelta(0) if self.choice.willing else self.choice.wait
        return self.choice.automatic and self.clock() - seen >= wait


def found(conductor: Conductor, *, system: bool) -> tuple[Offer, ...]:
    """Ask what is offered now. Raise PackagesFailed, or Busy where somebody updates."""
    conductor.packages.refresh()
    with conductor.register.alone():
        release_better(conductor.packages, conductor.register)
    return offers(conductor.packages, conductor.applications, system=system)
