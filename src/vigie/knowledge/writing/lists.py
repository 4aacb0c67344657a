"""The word lists of this room, folded: `lists.toml`."""

from collections.abc import Mapping
from importlib import resources
from tomllib import loads

LISTS: Mapping[str, frozenset[str]] = {
    title: frozenset(words.split())
    for title, words in loads(
        (resources.files("vigie.knowledge.writing") / "lists.toml").read_text("utf-8")
    ).items()
}
