"""The four pillars of a practice: surveillance, updates, backups, good practices, each in one line.

A pillar is as good as the worst that is known of it; what is not known keeps it from being green.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from vigie.console.checklist import reading as checklist
from vigie.console.checklist.items import Kind
from vigie.console.desk import timeline, words
from vigie.console.desk.timeline import Night
from vigie.console.intake.rings import Ring, Stage
from vigie.console.practices.models import Machine
from vigie.domain.proof import Standing

TITLES = {
    "surveillance": gettext_noop("Surveillance"),
    "updates": gettext_noop("Updates"),
    "backups": gettext_noop("Backups"),
    "good_practices": gettext_noop("Good practices"),
}
STAGES = {
    Stage.WAITS: gettext_noop("No practice has offered to try it first."),
    Stage.FIRST: gettext_noop("Another practice tries it first."),
    Stage.SOAKS: gettext_noop("It was installed elsewhere, and is watched there for two days."),
    Stage.OTHERS: gettext_noop("It held elsewhere, and may be installed here."),
    Stage.STOPPED: gettext_noop("It did not do well somewhere, and is held back."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillar:
    """One pillar: how it stands, and the sentence that says so."""

    slug: str
    standing: Standing
    said: str

    @property
    def title(self) -> str:
        """Return its name."""
        return _(TITLES[self.slug])

    @property
    def word(self) -> str:
        """Return the word for how it stands."""
        return _(words.STATES[self.standing])


def pillars(
    machines: Sequence[Mapping[str, object]],
    nights: Sequence[Night],
    updates: Sequence[Mapping[str, object]],
    practices: Sequence[checklist.Stand],
) -> Sequence[Pillar]:
    """Return the four pillars of a practice, from what its page shows in full below."""
    alone = [s for s in practices if s.item.kind is Kind.ALONE]
    said = {
        "surveillance": (_watched(machines), _watch(machines)),
        "updates": (Standing.PROVEN, _updates(updates)),
        "backups": (_saved(nights), timeline.summary(nights)),
        "good_practices": (_worst(s.standing for s in practices), tally(practices)),
    }
    return [
        Pillar(
            slug=slug,
            standing=_worst(
                [own, *(s.standing for s in alone if s.item.pillar == slug)]
                if machines
                else [Standing.BLIND]
            ),
            said=sentence + _unknown(alone, slug) if machines else sentence,
        )
        for slug, (own, sentence) in said.items()
    ]


def _unknown(alone: Iterable[checklist.Stand], slug: str) -> str:
    """Return how much of a pillar no machine has told of yet: what keeps it from being green."""
    n = sum(s.item.pillar == slug and s.standing is Standing.BLIND for s in alone)
    if not n:
        return ""
    said = ngettext("%(n)d point is not known yet.", "%(n)d points are not known yet.", n)
    return " " + said % {"n": n}


def tally(practices: Sequence[checklist.Stand]) -> str:
    """Return how many good practices hold, and what is missing, in one sentence."""
    counts = Counter(stand.standing for stand in practices)
    held = counts[Standing.PROVEN] + counts[Standing.TO_WATCH]
    parts = [
        ngettext("%(n)d of %(all)d holds", "%(n)d of %(all)d hold", held)
        % {"n": held, "all": len(practices)}
    ]
    if counts[Standing.TO_DO]:
        parts.append(_("%(n)d to do") % {"n": counts[Standing.TO_DO]})
    if counts[Standing.BLIND]:
        parts.append(_("%(n)d not known") % {"n": counts[Standing.BLIND]})
    return ", ".join(parts) + "."


def updates_of(
    machines: Sequence[Machine], rings: Iterable[Ring], now: datetime
) -> list[dict[str, object]]:
    """Return the updates that concern these machines, in words, the newest first."""
    own = {machine.pk: machine for machine in machines}
    told: list[dict[str, object]] = []
    for ring in rings:
        here = own.keys() & (ring.offered | ring.kept.keys() | ring.complained)
        if not here:
            continue
        stage = ring.stage(now)
        kept = here & ring.kept.keys()
        standing, said = Standing.TO_WATCH, _(STAGES[stage])
        if here & ring.complained:
            standing = Standing.TO_DO
            said = _("It did not do well here: the former version is back, and it is held back.")
        elif kept == here:
            standing, said = Standing.PROVEN, _("Installed, and everything held.")
        elif stage is Stage.FIRST and ring.next(now) & here:
            said = _("This practice tries it first, on its next quiet night.")
        on = sorted(str(own[number]) for number in here)
        told.append(
            {
                "number": ring.update,
                "standing": standing.value,
                "said": said,
                "machines": ", ".join(on),
                "kept": len(kept),
            }
        )
    return told[::-1]


def _updates(told: Sequence[Mapping[str, object]]) -> str:
    waiting = sum(row["standing"] == Standing.TO_WATCH.value for row in told)
    back = sum(row["standing"] == Standing.TO_DO.value for row in told)
    if not waiting and not back:
        return _("No update waits.")
    parts = []
    if waiting:
        parts.append(ngettext("%(n)d update waits", "%(n)d updates wait", waiting) % {"n": waiting})
    if back:
        wording = ngettext("%(n)d was taken back", "%(n)d were taken back", back)
        parts.append(wording % {"n": back})
    return ", ".join(parts) + "."


def _watched(machines: Sequence[Mapping[str, object]]) -> Standing:
    unseen = any(told["quiet"] or told["blind"] for told in machines)
    return Standing.BLIND if unseen or not machines else Standing.PROVEN


def _watch(machines: Sequence[Mapping[str, object]]) -> str:
    if not machines:
        return _("No machine has joined yet.")
    quiet = sum(bool(told["quiet"]) for told in machines)
    blind = sum(bool(told["blind"]) for told in machines)
    n = len(machines)
    parts = [ngettext("%(n)d machine watches", "%(n)d machines watch", n) % {"n": n}]
    if quiet:
        parts.append(ngettext("%(n)d without news", "%(n)d without news", quiet) % {"n": quiet})
    if blind:
        wording = ngettext("%(n)d partly blind", "%(n)d partly blind", blind)
        parts.append(wording % {"n": blind})
    return ", ".join(parts) + "."


def _saved(nights: Sequence[Night]) -> Standing:
    """Return how backups stand: last night's counts, or tonight's when it is there already."""
    last = [night.kind for night in nights[-2:]]
    if timeline.SAVED not in last:
        return Standing.TO_DO if timeline.MISSED in last else Standing.BLIND
    if not any(night.restored for night in nights):
        return Standing.BLIND
    return Standing.PROVEN


def _worst(standings: Iterable[Standing]) -> Standing:
    order = (Standing.TO_DO, Standing.BLIND, Standing.TO_WATCH, Standing.PROVEN)
    return min(standings, key=order.index, default=Standing.BLIND)
