"""Every sentence of the console is translated: none is left in the language of the code."""

import gettext
import re
from pathlib import Path

import pytest

from vigie.console import desk

CONSOLE = Path(desk.__file__).parents[1]
TEMPLATE = re.compile(r'{%\s*translate\s+"((?:[^"\\]|\\.)*)"')
BLOCK = re.compile(r"{%\s*blocktranslate([^%]*)%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)
CALL = re.compile(r"\b(?:_|gettext_noop|gettext_lazy|ngettext)\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")


def spoken(folder: Path) -> set[str]:
    """Return every sentence that the templates and modules of a folder ask to be translated."""
    found: set[str] = set()
    for file in folder.rglob("*.html"):
        text = file.read_text("utf-8")
        found |= set(TEMPLATE.findall(text))
        for _, body in BLOCK.findall(text):
            single = re.split(r"{%\s*plural\s*%}", body)[0]
            found.add(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", single))
    for file in folder.rglob("*.py"):
        for parts in CALL.findall(file.read_text("utf-8")):
            joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', parts))
            found.add(joined.encode("raw_unicode_escape").decode("unicode_escape"))
    return found


@pytest.mark.parametrize("language", ["fr", "de"])
@pytest.mark.parametrize("app", sorted(p.parent.name for p in CONSOLE.glob("*/__init__.py")))
def test_every_sentence_is_translated(app: str, language: str) -> None:
    known: set[str] = set()
    for file in CONSOLE.rglob(f"locale/{language}/LC_MESSAGES/django.mo"):
        with file.open("rb") as compiled:
            catalogue = gettext.GNUTranslations(compiled)._catalog
        known |= {key[0] if isinstance(key, tuple) else key for key in catalogue}
    assert sorted(spoken(CONSOLE / app) - known) == []


@pytest.mark.parametrize("language", ["fr", "de"])
def test_no_sentence_is_translated_in_two_ways(language: str) -> None:
    """All catalogues are one when a page is shown: the second meaning would never be read."""
    found: dict[object, set[str]] = {}
    for file in CONSOLE.rglob(f"locale/{language}/LC_MESSAGES/django.mo"):
        with file.open("rb") as compiled:
            for key, said in gettext.GNUTranslations(compiled)._catalog.items():
                found.setdefault(key, set()).add(said)
    assert {key: said for key, said in found.items() if key and len(said) > 1} == {}
