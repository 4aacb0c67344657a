import re
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.agent.settings import BadSettings, described, parse, read
from vigie.domain.practice import Country, Language, Span

DOCUMENT = Path(__file__).parents[2] / "docs" / "operating" / "agent-toml.md"
LEAST = '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'


def test_two_keys_are_enough() -> None:
    settings = parse(LEAST)
    assert settings.practice.name == "Cabinet"
    assert settings.practice.language is Language.FR
    assert settings.spool_bytes == 200_000_000
    assert settings.console.address is None


def test_the_documented_example_is_read_as_it_is_written() -> None:
    example = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert example
    settings = parse(example[1])
    assert settings.practice.hours.week[0][1] == Span(time(14), time(19))
    assert date(2026, 12, 25) in settings.practice.hours.closed
    assert settings.practice.country is Country.FR
    assert settings.watch.folders == (Path("/srv/cabinet/documents"),)


def test_every_key_is_documented_with_its_own_words_and_no_other_is() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.*?) \| (.*?) \|$", DOCUMENT.read_text(), re.MULTILINE)
    written = {key: re.sub(r" \(`.*\)", "", says) for key, says, _ in rows}
    assert written == dict(described())


def test_the_documented_defaults_are_those_of_the_code() -> None:
    application = '[[application]]\nname = "n"\npackages = ["p"]\n'
    settings = parse(f'{LEAST}[[mailbox]]\nhost = "h"\nlogin = "l"\n{application}')
    for key, default in re.findall(
        r"^\| `(\w+\.\w+)` .*\| `(\w[\w/]*)` \|$", DOCUMENT.read_text(), re.MULTILINE
    ):
        section, name = key.split(".")
        owner = settings.practice_keys if section == "practice" else getattr(settings, section)
        owner = owner[0] if section in {"mailbox", "application"} else owner
        assert str(getattr(owner, name)) == default


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "practice.name"),
        (LEAST + "colour = 3", "practice.colour"),
        (LEAST + "[printer]\n", "[printer]"),
        (LEAST + "language = 'it'", "practice.language"),
        (LEAST + "timezone = 'Mars/Base'", "practice.timezone"),
        (LEAST + "hours = 3", "practice.hours"),
        (LEAST + "[practice.hours]\nmonday = ['8h-12h']", "practice.hours"),
        (LEAST + "[practice.hours]\nmonday = ['12:00-08:00']", "practice.hours"),
        (LEAST + "[practice.hours]\nmonday = ['25:00-26:00']", "practice.hours"),
        (LEAST + "[practice.hours]\nlundi = ['08:00-12:00']", "practice.hours"),
        (LEAST + "closed = ['demain']", "practice.closed"),
        (LEAST + "[watch]\nfolders = ['documents']", "watch.folders"),
        (LEAST + "[watch]\nvault_days = 0", "watch.vault_days"),
        (LEAST + "[watch]\nvault_days = true", "watch.vault_days"),
        (LEAST + "[console]\naddress = 'http://vigie.example'", "console.address"),
        (LEAST + "[console]\ndead_man = 'http://hc.example'", "console.dead_man"),
        (LEAST + "[limits]\nspool_megabytes = 'beaucoup'", "limits.spool_megabytes"),
        (LEAST.replace('"Karim"', "7"), "practice.caretaker"),
        (LEAST + "[mail]\ncalibration_days = -1", "mail.calibration_days"),
        (LEAST + "[relay]\ntls_at_once = 1", "relay.tls_at_once"),
        (LEAST + "[mailbox]\nhost = 'h'", "liste de tables"),
        (LEAST + "[[mailbox]]\nhost = 'h'", "mailbox.login"),
        ("backup = 3\n" + LEAST, "une table"),
        ("practice = ", "TOML"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_that_names_it(text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(said)) as refused:
        parse(text)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_not_text_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="ne peut pas être lu"):
        read(tmp_path / "agent.toml")
    (tmp_path / "agent.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match="UTF-8"):
        read(tmp_path / "agent.toml")


@given(st.text(max_size=200))
def test_any_text_is_settings_or_a_sentence(text: str) -> None:
    try:
        settings = parse(LEAST + text)
    except BadSettings:
        return
    assert settings.practice.caretaker == "Karim"
