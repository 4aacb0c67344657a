"""The pure rooms use nothing but the language, each other, and a short list of pure libraries."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "vigie"
ROOMS = ("domain", "knowledge", "guards", "policy", "wire", "watch")
# msgspec: the wire's schema. rapidfuzz: how many letters two names differ by. publicsuffixlist:
# what part of a host somebody owns; it reads its bundled list when imported, and has no network.
# stdnum: check digits. phonenumbers: numbering plans; its regions are loaded when imported.
# zxcvbn: how many tries find a password; spellchecker: how frequent a word is, from its own lists.
PURE_LIBRARIES = frozenset(
    {"msgspec", "rapidfuzz", "publicsuffixlist", "stdnum", "phonenumbers", "zxcvbn", "spellchecker"}
)
IMPURE_PARTS = frozenset(
    {"os", "io", "socket", "subprocess", "sqlite3", "asyncio", "time", "random", "pathlib"}
    | {"shutil", "tempfile", "threading", "multiprocessing", "secrets", "urllib", "http", "ctypes"}
)
CLOCKS = frozenset({"now", "utcnow", "today"})

MODULES = sorted(file for room in ROOMS for file in (SOURCE / room).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            pure = node.module == "pathlib" and all(n.name.startswith("Pure") for n in node.names)
            yield "a name for paths" if pure else node.module.split(".")[0]


def clock_calls(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCKS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"datetime", "date"}
        ):
            yield node.lineno


def strangers(source: str) -> set[str]:
    names = set(imported(ast.parse(source))) - {"vigie", "a name for paths"} - PURE_LIBRARIES
    return {name for name in names if name not in sys.stdlib_module_names or name in IMPURE_PARTS}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(SOURCE)))
def test_a_pure_module_reads_neither_the_world_nor_the_clock(module: Path) -> None:
    source = module.read_text()
    assert strangers(source) == set()
    assert list(clock_calls(ast.parse(source))) == []


@pytest.mark.parametrize("line", ["import requests", "from os import path", "import pathlib"])
def test_the_check_would_see_a_stranger(line: str) -> None:
    assert strangers(line) != set()


def test_the_check_would_see_a_clock() -> None:
    assert list(clock_calls(ast.parse("datetime.now(UTC)"))) == [1]
