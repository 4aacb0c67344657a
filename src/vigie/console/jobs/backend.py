"""The django-tasks API over our queue.

Its own database backend leaves the row of a killed worker RUNNING for ever, and knows neither
retry nor calendar: so `@task` and `.enqueue()` are theirs, the queue is ours. An argument must be
JSON; there is no pickle anywhere. Results are not kept: a duty writes what it found itself.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

from vigie.console.jobs import queue


class Leased(BaseTaskBackend):
    """Put tasks in the queue, inside the transaction of whoever asks."""

    supports_defer = True

    def enqueue(
        self, task: Task[Any, Any], args: Sequence[object], kwargs: dict[str, object]
    ) -> TaskResult[Any]:
        """Queue the task; it is run when its time comes, also after a kill."""
        self.validate_task(task)
        now = datetime.now(UTC)
        result: TaskResult[Any] = TaskResult(
            task=task,
            id="",
            status=TaskResultStatus.READY,
            enqueued_at=now,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        key = queue.put(
            task.module_path,
            now=now,
            arguments=result.args,
            named=result.kwargs,
            due_at=task.run_after,
        )
        object.__setattr__(result, "id", key)
        return result
