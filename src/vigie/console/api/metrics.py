"""Numbers for Prometheus, read from the tables when somebody asks: the same from every worker.

A key sees the practices of its person; nothing here names one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from vigie.console.alerts.models import Alert, Outage
from vigie.console.api.asking import ApiKey, Asker, Refused
from vigie.console.api.models import Delivery
from vigie.console.api.scopes import Scope
from vigie.console.jobs.models import Job
from vigie.console.notices.models import Telling
from vigie.console.practices.models import Machine, OfPractice, State

_key = ApiKey(Scope.READ_METRICS)
LATE = timedelta(minutes=5)


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus's text, to a key with the scope `metrics:read`."""
    try:
        asker = _key(request)
    except Refused as why:
        return HttpResponse(status=why.status)
    if asker is None:
        answer = HttpResponse(status=401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    registry = CollectorRegistry()
    registry.register(_Tables(asker))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Tables(Collector):
    """Reads the tables for one asker."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return the families, each with its samples."""
        now = datetime.now(UTC)
        asker = self._asker
        yield GaugeMetricFamily(
            "vigie_practices", "Practices in care.", value=asker.practices.count()
        )
        machines = asker.of(Machine.objects.all())
        yield _by("vigie_machines", "Machines, by state.", machines, "state")
        last = machines.filter(state=State.APPROVED).aggregate(last=Max("last_seen"))["last"]
        if last is not None:
            yield GaugeMetricFamily(
                "vigie_seconds_since_a_machine_spoke",
                "Seconds since any machine was heard.",
                value=(now - last).total_seconds(),
            )
        matters = asker.of(Alert.objects.filter(closed_at=None))
        yield _by("vigie_open_matters", "Open matters, by kind.", matters, "kind")
        outages = asker.of(Outage.objects.filter(closed_at=None, acknowledged_at=None))
        yield _by("vigie_unanswered_outages", "Outages nobody answers.", outages, "gravity")
        tellings = asker.of(Telling.objects.filter(outage__closed_at=None))
        yield _by("vigie_tellings", "Who is to be told, by how far it is.", tellings, "state")
        undelivered = asker.of(Delivery.objects.filter(delivered_at=None)).count()
        yield GaugeMetricFamily("vigie_webhooks_waiting", "Events not told.", value=undelivered)
        due = Job.objects.exclude(due_at=None)
        yield GaugeMetricFamily("vigie_jobs_waiting", "Jobs to do.", value=due.count())
        yield GaugeMetricFamily(
            "vigie_jobs_late",
            "Jobs due for more than five minutes.",
            value=due.filter(due_at__lt=now - LATE).count(),
        )


def _by(name: str, about: str, rows: OfPractice, column: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[column])
    for value, n in rows.order_by().values_list(column).annotate(n=Count("pk")):
        family.add_metric([value], n)
    return family
