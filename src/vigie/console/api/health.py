"""Health: whether this process lives, and whether it can do its work. One word, no detail."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_migrated = False  # once all are applied they stay so, for as long as this process runs


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer: the process serves."""
    del request
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and its tables are those of this version, else 503."""
    del request
    try:
        good = _answers()
    except DatabaseError:
        good = False
    status, word = (200, "ready\n") if good else (503, "not ready\n")
    return HttpResponse(word, content_type="text/plain", status=status)


def _answers() -> bool:
    global _migrated  # noqa: PLW0603  (see above)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
