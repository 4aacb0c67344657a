"""The one thing a doctor might decide: the first of these that is open at the end of the month."""

from collections.abc import Set as AbstractSet

# What may stop the practice comes first, then what may cost it its documents, then its secrets.
IN_ORDER = (
    "disk_failing",
    "disk_ends_soon",
    "system_unsupported",
    "backup_lacks_second_medium",
    "backup_lacks_offsite_copy",
    "backup_lacks_offline_copy",
    "no_ups",
    "disk_not_encrypted",
    "account_of_leaver",
    "account_without_password",
    "passwords_in_shared_note",
    "backup_lacks_third_copy",
    "disk_wears_out",
    "support_ended",
    "account_shared",
    "administrator_daily",
)
NOTHING, FIRST_MACHINE, SILENT_MACHINE = "none", "first_machine", "silent_machine"


def decision(open_facts: AbstractSet[str], *, machines: int, silent: int) -> str:
    """Given what is open, return the slug of the one thing to decide, or NOTHING."""
    if not machines:
        return FIRST_MACHINE
    if silent:
        return SILENT_MACHINE
    return next((fact for fact in IN_ORDER if fact in open_facts), NOTHING)
