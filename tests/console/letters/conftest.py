from collections.abc import Callable
from datetime import UTC, datetime

import months_made
import pytest
from months_made import Ledger
from players import Stage

from vigie.console.practices.models import Practice


@pytest.fixture
def martin(stage: Stage) -> Practice:
    """Return Cabinet Martin, in care since January, with a doctor to write to."""
    Practice.objects.filter(pk=stage.martin.pk).update(since=datetime(2026, 1, 5, tzinfo=UTC))
    stage.martin.refresh_from_db()
    months_made.introduce(stage.martin)
    return stage.martin


@pytest.fixture
def lived(martin: Practice) -> Callable[[str], Ledger]:
    """Return a function that lets the practice live through October 2026."""
    return lambda name: months_made.MONTHS[name](martin)
