"""How a door is closed, step by step, in the words of its maker's own menus."""

from collections.abc import Mapping, Sequence

from vigie.domain.practice import Language
from vigie.knowledge.network import read


def steps(maker: str, facts: Sequence[str], language: Language) -> Mapping[str, tuple[str, ...]]:
    """Given a device's maker and what was said of it, return fact → the steps that close it."""
    table = read(f"help.{language.value}.toml")
    return {
        fact: tuple(
            step.format(menu=menu(maker, table[fact]["topic"], language))
            for step in table[fact]["steps"]
        )
        for fact in dict.fromkeys(facts)
        if fact in table
    }


def menu(maker: str, topic: str, language: Language) -> str:
    """Return where a maker keeps a topic, or where most do."""
    menus = read("menus.toml")
    row: Mapping[str, str] = menus["makers"].get(maker, {}).get(topic) or menus["anybody"][topic]
    return row[language.value]
