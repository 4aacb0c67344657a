from datetime import date

from vigie.knowledge.systems import supported_until


def test_a_version_is_known_by_its_beginning_and_not_by_its_digits() -> None:
    assert supported_until("debian", "12") == date(2028, 6, 30)
    assert supported_until("Debian", "12.8") == date(2028, 6, 30)
    assert supported_until("windows", "11 24H2") == date(2026, 10, 13)
    assert supported_until("windows", "10") == date(2025, 10, 14)


def test_what_is_not_in_the_table_is_unknown() -> None:
    assert supported_until("debian", "120") is None
    assert supported_until("windows", "11 29H2") is None
    assert supported_until("haiku", "1") is None
