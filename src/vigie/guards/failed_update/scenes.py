"""Little plays about updates and how they end."""

from datetime import UTC, datetime

from vigie.domain.evidence.updates import (
    ApplicationEndedLate,
    Ending,
    UpdateEnded,
    UpdateEvidence,
    UpdateFound,
    UpdatePutOff,
)
from vigie.domain.guard import Scene

_NIGHT = datetime(2026, 11, 23, 22, 40, tzinfo=UTC)
_UNIT = "Médicabinet"


def ended(ending: Ending, reason: str = "", **numbers: int) -> UpdateEnded:
    """Return that an update ended so."""
    return UpdateEnded(
        at=_NIGHT,
        machine="accueil",
        unit=_UNIT,
        run="a" * 32,
        ending=ending,
        reason=reason,
        packages=1,
        **numbers,
    )


def _scene(title: str, seen: UpdateEvidence, *facts: str) -> Scene[UpdateEvidence]:
    return Scene(title=title, seen=(seen,), facts=frozenset(facts))


SCENES = (
    _scene(
        "an_update_waits_for_tonight",
        UpdateFound(at=_NIGHT, machine="accueil", unit=_UNIT, packages=2),
        "update_announced",
    ),
    _scene(
        "somebody_chooses_another_evening",
        UpdatePutOff(at=_NIGHT, machine="accueil", unit=_UNIT, days=2),
        "update_put_off",
    ),
    _scene("a_good_update", ended(Ending.KEPT, records=65_000), "update_kept"),
    _scene(
        "one_dose_is_ten_times_what_it_was",
        ended(Ending.ROLLED_BACK, "records_changed", records=65_000, changed=1),
        "update_rolled_back",
    ),
    _scene("it_does_not_start", ended(Ending.ROLLED_BACK, "does_not_start"), "update_rolled_back"),
    _scene("the_power_went", ended(Ending.INTERRUPTED, "interrupted"), "update_interrupted"),
    _scene(
        "it_would_take_the_card_reader_away",
        ended(Ending.REFUSED, "would_remove"),
        "update_would_remove",
    ),
    _scene(
        "a_dependency_is_nowhere",
        ended(Ending.REFUSED, "not_installable"),
        "update_not_installable",
    ),
    _scene(
        "it_was_ill_before",
        ended(Ending.REFUSED, "not_well_before"),
        "update_not_well_before",
    ),
    _scene(
        "the_backup_disk_is_away", ended(Ending.REFUSED, "not_backed_up"), "update_not_backed_up"
    ),
    _scene("the_disk_is_full", ended(Ending.REFUSED, "no_space"), "update_no_space"),
    _scene("something_else_was_missing", ended(Ending.REFUSED, "not_fetched"), "update_not_begun"),
    _scene("going_back_fails", ended(Ending.INCOMPLETE, "no_space"), "update_not_undone"),
    _scene(
        "it_dies_at_ten",
        ApplicationEndedLate(at=_NIGHT, machine="accueil", unit=_UNIT, run="a" * 32, minutes=3),
        "update_failed_late",
    ),
    _scene(
        "the_morning_goes_along",
        ended(Ending.CARRIED_BACK, "failed_late", carried=30),
        "update_carried_back",
    ),
    Scene(
        title="nothing_that_the_guard_knows",
        seen=(UpdateEvidence(at=_NIGHT, machine="accueil", unit=_UNIT),),
        facts=frozenset(),
    ),
)
