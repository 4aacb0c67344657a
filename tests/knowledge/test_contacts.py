from datetime import date, timedelta

import pytest

from vigie.domain.practice import Country, Language
from vigie.knowledge import contacts


@pytest.mark.parametrize("country", list(Country))
@pytest.mark.parametrize("language", list(Language))
def test_every_country_says_whom_to_call_with_a_source_and_an_end(
    country: Country, language: Language
) -> None:
    listed = contacts.of(country, language)
    assert listed[0].telephone == "112"
    for each in listed:
        assert each.telephone or each.address
        assert each.source.startswith("https://")
        assert each.expires - each.read == timedelta(days=365)
        assert each.read <= date(2026, 12, 31)
        assert each.when
