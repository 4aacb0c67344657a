"""The accounts of a machine: what opens without a secret, or with one that too many know."""

from collections.abc import Iterator, Sequence

from vigie.domain.evidence.passwords import Account, AccountsSeen
from vigie.domain.finding import Finding, Gravity

# A patient is alone in a room for that long. (CNIL: a session locks by itself.)
LOCKS_WITHIN = 15  # minutes
# A locum is away for a season; an account that nobody opened for longer is nobody's.
UNUSED = 90  # days
# On that many days in a month it is somebody's daily account, no visit of the caretaker's.
DAILY = 5
SHARED = 2  # sessions at once, from different places


def judge_accounts(seen: AccountsSeen) -> Iterator[Finding]:
    """Say what is not in order with the accounts, each fact once for all that it concerns."""
    accounts = seen.accounts
    open_ = [a for a in accounts if a.without_password]
    yield from _said("account_without_password", Gravity.ALARM, open_)
    yield from _said("session_opens_alone", Gravity.CONCERN, [a for a in accounts if a.opens_alone])
    yield from _said("account_of_leaver", Gravity.CONCERN, [a for a in accounts if a.left])
    shared = [a for a in accounts if a.together >= SHARED or (a.generic and a.days)]
    yield from _said("account_shared", Gravity.CONCERN, shared)
    daily = [a for a in accounts if a.administrator and a.days >= DAILY]
    yield from _said("administrator_daily", Gravity.CONCERN, daily)
    unused = [a for a in accounts if a.idle is not None and a.idle > UNUSED and not a.left]
    yield from _said("account_unused", Gravity.CONCERN, unused)
    unlocked = [
        a for a in accounts if a.locks_after is not None and not 0 < a.locks_after <= LOCKS_WITHIN
    ]
    yield from _said("screen_stays_open", Gravity.CONCERN, unlocked)


def _said(fact: str, gravity: Gravity, accounts: Sequence[Account]) -> Iterator[Finding]:
    if accounts:
        names = ", ".join(sorted(account.name for account in accounts))
        yield Finding(
            gravity=gravity,
            fact=fact,
            numbers={"accounts": len(accounts)},
            clues={"subject": names, "accounts_named": names},
        )
