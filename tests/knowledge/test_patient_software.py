"""Known patient software says where it comes from, and is found by a package's name."""

import pytest

from vigie.domain.practice import Country
from vigie.knowledge.patient_software import called, software

KINDS = {"sqlite", "postgresql", "mysql", "oracle", "dbf", "own", "cloud", "unknown"}


def test_every_entry_has_a_source_and_a_kind() -> None:
    assert [one.title for one in software() if not one.source or one.kind not in KINDS] == []


def test_each_country_has_some() -> None:
    assert {c for one in software() for c in one.countries} >= {
        Country.FR,
        Country.CH,
        Country.BE,
    }


def test_what_is_counted_has_a_place() -> None:
    assert [one.title for one in software() if one.counted and not one.places] == []


@pytest.mark.parametrize(
    ("package", "title"),
    [("elexis-server", "Elexis"), ("medimust", "Médimust"), ("medimust-client", "Médimust")],
)
def test_a_package_is_known_by_its_name(package: str, title: str) -> None:
    found = called(package)
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize("package", ["libc6", "openssh-server", "medi"])
def test_an_ordinary_package_is_nobodys(package: str) -> None:
    assert called(package) is None
