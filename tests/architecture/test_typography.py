"""The words of the whole house are set as a good page is: spaces, dashes, quotes, apostrophes.

Held here: every .po, every words.*.toml and help.*.toml, every template of the console.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "vigie"
NB, NARROW = "\u00a0", "\u202f"
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}|https?://\S+|`[^`]*`|\w+://\S+")
CLOCK = re.compile(r"\d[:.]\d\d|\w:\w")

MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"

FRENCH = {
    "U+202F stands before ; ! and ?": re.compile(rf"[^{NARROW}\W][;!?]|[ {NB}][;!?]"),
    "U+00A0 stands before :": re.compile(rf"[^{NB}]:(?!\w|//)"),
    "« and » are spaced inside": re.compile(rf"«[^{NB}]|[^{NB}]»"),
    "an apostrophe is ’": re.compile(r"\w'\w"),
    "quotes are « »": re.compile(r"[“”]|(?<!\w)\"\w"),
    "the first of a month is 1er": re.compile(rf"\b1 ({MONTHS})"),
    "capitals keep their accents": re.compile(
        r"\b(A|Ecran|Etat|Etape|Evit\w+|Eteign\w+) (?=[a-zéè])"
    ),
}
GERMAN = {
    "nothing is spaced before : ; ! and ?": re.compile(rf"\w[ {NB}{NARROW}][:;!?]"),
    "an apostrophe is ’": re.compile(r"\w'\w"),
    "quotes are „ “ or « »": re.compile(r"”|(?<!\w)\"\w"),
}
ENGLISH = {
    "nothing is spaced before : ; ! and ?": re.compile(rf"\w[ {NB}{NARROW}][:;!?]"),
}
ALL = {
    "no two spaces": re.compile(r"\S  +\S"),
    "three points are …": re.compile(r"\.\.\."),
    "nothing is cried out": re.compile(r"!"),
}
RULES = {"fr": FRENCH | ALL, "de": GERMAN | ALL, "en": ENGLISH | ALL}


def of_po(file: Path) -> Iterator[str]:
    """Return every translated sentence of a .po file."""
    joined = re.sub(r'"\n"', "", file.read_text("utf-8"))
    for said in re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', joined, re.MULTILINE):
        if "Content-Type" not in said:
            yield said.replace('\\"', '"').replace("\\n", "\n")


def of_toml(table: object) -> Iterator[str]:
    """Return every text of a table of words."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, dict):
        for key, value in table.items():
            if key not in {"counts", "slug", "source"}:
                yield from of_toml(value)
    elif isinstance(table, list):
        for value in table:
            yield from of_toml(value)


def language_of(file: Path) -> str:
    found = re.search(r"\b(fr|de|en)\b", file.as_posix().removeprefix(SRC.as_posix()))
    assert found is not None
    return found[1]


PO = sorted(SRC.rglob("locale/*/LC_MESSAGES/django.po"))
TOML = sorted([*SRC.rglob("words.*.toml"), *SRC.rglob("help.*.toml"), *SRC.rglob("sheets.*.toml")])


def complaints(text: str, language: str) -> list[str]:
    """Return the rules that a text breaks. Places for numbers, addresses and code are no text."""
    plain = CLOCK.sub("0", PLACE.sub("0", text))
    return [rule for rule, broken in RULES[language].items() if broken.search(plain)]


@pytest.mark.parametrize("file", [*PO, *TOML], ids=lambda f: f.relative_to(SRC).as_posix())
def test_every_sentence_is_well_set(file: Path) -> None:
    texts = of_po(file) if file.suffix == ".po" else of_toml(tomllib.loads(file.read_text("utf-8")))
    language = language_of(file)
    found = [(text, broken) for text in texts if (broken := complaints(text, language))]
    assert found == []


TEMPLATES = sorted(SRC.rglob("templates/**/*.html"))
CODE = re.compile(
    r"{% (blocktranslate|block width).*?{% end(blocktranslate|block) %}|{%.*?%}|{{.*?}}|{#.*?#}"
    r"|<(style|script|code|kbd)[^>]*>.*?</\3>|<[^>]+>|&\w+;",
    re.DOTALL,
)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: f.stem)
def test_no_template_holds_a_sentence_of_its_own(file: Path) -> None:
    text = CODE.sub(" | ", file.read_text("utf-8"))
    if file.name == "500.html":  # it must stand when nothing else does: French, and well set
        assert [
            complaints(part, "fr") for part in text.split(" | ") if complaints(part, "fr")
        ] == []
        return
    assert re.findall(r"[^\W\d_]{2,} [^\W\d_]{2,}", text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Attention : fini"),
        ("fr", "Vraiment ?"),
        ("fr", "« Accueil »"),
        ("fr", "l'écran"),
        ("fr", "Le 1 décembre"),
        ("de", "Fertig !"),
        ("en", "Done :"),
        ("fr", "attendez..."),
    ],
)
def test_the_lint_sees_what_is_badly_set(language: str, text: str) -> None:
    assert complaints(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "fr",
            f"Fini{NB}: vu à 8{NB}h{NB}12{NARROW}; « %(name)s »".replace("« ", f"«{NB}").replace(
                " »", f"{NB}»"
            ),
        ),
        ("de", "Fertig: um 8:12 Uhr."),
        ("en", "It’s done: see https://example.org/?q=1"),
    ],
)
def test_the_lint_lets_pass_what_is_well_set(language: str, text: str) -> None:
    assert complaints(text, language) == []
