"""Sharing: a file that was judged bad at one practice is refused at all of them.

What is shared is a digest and nothing else: not who met it, not where, not when.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from vigie.console.intake.models import BadFile, KnownBad
from vigie.console.practices.models import Practice

# A machine that has fallen may call anything bad; what it calls so can do no more than be refused
# where files arrive, comes back by one order, and is bounded.
MOST_A_DAY = 200
MOST_AT_ONCE = 2_000  # digests in one answer: 140 KB
_DAY = timedelta(days=1)


def share(practice: Practice, digests: Iterable[str], now: datetime) -> int:
    """Make these digests known to everybody, as many as one practice may; return how many."""
    wanted = list(dict.fromkeys(digests))
    if not wanted:
        return 0
    told = BadFile.objects.filter(practice=practice, received_at__gt=now - _DAY).count()
    room = max(0, MOST_A_DAY - (told - len(wanted)))
    KnownBad.objects.bulk_create(
        [KnownBad(digest=digest) for digest in wanted[:room]], ignore_conflicts=True
    )
    return min(room, len(wanted))


def since(number: int) -> tuple[tuple[str, ...], int]:
    """Return the digests after the mark `number`, as many as one answer holds, and the new mark."""
    rows = KnownBad.objects.filter(pk__gt=number).order_by("pk")
    found = list(rows.values_list("pk", "digest")[:MOST_AT_ONCE])
    return tuple(digest for _, digest in found), found[-1][0] if found else number
