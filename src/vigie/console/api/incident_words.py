"""The words of incidents: the clock, the steps, the register, the papers, the evidence."""

from datetime import datetime

from ninja import Schema

from vigie.domain.danger import Danger


class IncidentOut(Schema):
    """Something that really happened at one practice. `aware_at` is where the law counts from."""

    incident: int
    practice: str
    machine: str | None
    danger: Danger
    country: str
    happened_at: datetime
    aware_at: datetime
    opened_at: datetime
    by_rule: bool
    closed_at: datetime | None
