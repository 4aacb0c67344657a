"""The documentation is held to the code: what exists is documented."""

import importlib
import pkgutil
import tomllib
from pathlib import Path

import click
import pytest

import vigie.cli
from vigie.domain.danger import Danger
from vigie.domain.response import Deed
from vigie.guards import built

ROOT = Path(__file__).parents[2]
COMMANDS = [m.name for m in pkgutil.iter_modules(vigie.cli.__path__) if m.name[0] != "_"]


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def subcommands(name: str) -> list[str]:
    command = importlib.import_module(f"vigie.cli.{name}").command
    if isinstance(command, click.Group):
        return [f"vigie {name} {sub}" for sub in command.commands]
    return [f"vigie {name}"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_and_shows_an_example(name: str) -> None:
    documented = text("docs/operating/commands.md")
    command = importlib.import_module(f"vigie.cli.{name}").command
    assert [sub for sub in subcommands(name) if f"`{sub}" not in documented] == []
    leaves = command.commands.values() if isinstance(command, click.Group) else [command]
    assert [leaf.name for leaf in leaves if "vigie " not in (leaf.help or "")] == []


@pytest.mark.parametrize("danger", Danger)
def test_every_danger_has_its_story(danger: Danger) -> None:
    story = text(f"docs/incidents/{danger.value}.md")
    assert ("Not built yet" in story) == (danger not in built())


@pytest.mark.parametrize("danger", built())
def test_every_guard_says_what_it_sees_and_what_it_cannot_see(danger: Danger) -> None:
    story = text(f"src/vigie/guards/{danger.value}/README.md").lower()
    for part in ("what it sees", "what it cannot see", "false alarms", "measured"):
        assert part in story


@pytest.mark.parametrize("danger", built())
def test_every_fact_of_a_guard_is_explained_in_its_readme(danger: Danger) -> None:
    folder = ROOT / "src/vigie/guards" / danger.value
    facts = tomllib.loads((folder / "facts.toml").read_text())["facts"]
    story = (folder / "README.md").read_text()
    assert [fact for fact in facts if f"`{fact}`" not in story] == []


@pytest.mark.parametrize("deed", Deed)
def test_every_deed_is_in_the_glossary(deed: Deed) -> None:
    assert f"**{deed.value}**" in text("docs/glossary.md")
