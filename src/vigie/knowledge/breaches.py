"""Breaches: what a practice must do when data of a patient went to the wrong person, by country.

Duties are data: each says where it was read and when, and until when it may be trusted. What has
expired is said to be so; it is never left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from vigie.domain.practice import Country

_READ = date(2026, 11, 25)
_TRUSTED = timedelta(days=365)  # laws change slowly, forms and telephone numbers do not


class Risk(StrEnum):
    """From which risk somebody must be told."""

    ANY = "any_risk"
    HIGH = "high_risk"
    PROTECTION = "where_needed_for_protection"  # or where the authority asks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What the law of one country asks after a breach; an internal record is kept in any case.

    `body` must be told from the risk `when` on, `within` that time of becoming aware of it (None:
    as soon as possible, the law names no hour), the patients from the risk `patients` on. `form`
    is where the notice is made, `source` where this was read, on `read`; it may be trusted until
    `expires`.
    """

    country: Country
    body: str
    within: timedelta | None
    law: str
    form: str
    source: str
    when: Risk = Risk.ANY
    patients: Risk = Risk.HIGH
    read: date = _READ
    expires: date = _READ + _TRUSTED


_GDPR = "https://eur-lex.europa.eu/eli/reg/2016/679/oj"
_CNIL = "https://www.cnil.fr/fr/notifier-une-violation-de-donnees-personnelles"
_EDOEB = "https://www.edoeb.admin.ch/edoeb/en/home/meldeportale/databreach.html"
_APD = (
    "https://www.autoriteprotectiondonnees.be/professionnel/actions/fuites-de-donnees-personnelles"
)

DUTIES: Mapping[Country, Duty] = {
    Country.FR: Duty(
        country=Country.FR,
        body="CNIL",
        within=timedelta(hours=72),
        law="RGPD, art. 33 et 34",
        form=_CNIL,
        source=_CNIL,
    ),
    Country.BE: Duty(
        country=Country.BE,
        body="APD",
        within=timedelta(hours=72),
        law="RGPD, art. 33 et 34",
        form=_APD,
        source=_APD,
    ),
    Country.LU: Duty(
        country=Country.LU,
        body="CNPD",
        within=timedelta(hours=72),
        law="RGPD, art. 33 et 34",
        form="https://cnpd.public.lu",
        source=_GDPR,
    ),
    # « Dans les meilleurs délais »: the law names no hour. Professional secrecy stands beside it.
    Country.CH: Duty(
        country=Country.CH,
        body="PFPDT",
        within=None,
        when=Risk.HIGH,
        patients=Risk.PROTECTION,
        law="LPD, art. 24; OPDo, art. 15; CP, art. 321",
        form=_EDOEB,
        source=_EDOEB,
    ),
}
