"""Names and sizes: what a newcomer could not place does not get in."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "vigie"
REFUSED = re.compile(r"^(utils?|helpers?|common|base|core|managers?|misc)$")
VERBS = re.compile(r"^_?(handle|process|manage)(_|$)")
FILE_LINES = 300
FUNCTION_LINES = 40

MODULES = [m for m in sorted(SOURCE.rglob("*.py")) if "migrations" not in m.parts]


def functions() -> list[ast.FunctionDef]:
    trees = (ast.parse(module.read_text()) for module in MODULES)
    return [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]


def at_95(sizes: list[int]) -> int:
    return sorted(sizes)[int(0.95 * (len(sizes) - 1))]


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    parts = {part for m in MODULES for part in m.relative_to(SOURCE).with_suffix("").parts}
    assert [part for part in parts if REFUSED.match(part)] == []


def test_no_function_handles_processes_or_manages() -> None:
    assert [f.name for f in functions() if VERBS.match(f.name)] == []


def test_files_and_functions_stay_small() -> None:
    assert at_95([m.read_text().count("\n") for m in MODULES]) <= FILE_LINES
    assert at_95([(f.end_lineno or 0) - f.lineno + 1 for f in functions()]) <= FUNCTION_LINES


def test_the_source_names_no_path_of_a_machine_it_was_written_on() -> None:
    tracked = [f for pattern in ("*.py", "*.md", "*.toml") for f in SOURCE.rglob(pattern)]
    assert [f for f in tracked if re.search(r"/work/|/root/", f.read_text())] == []
