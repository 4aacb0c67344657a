"""Vigie, oletools and QuickSand over the same files: hostile shapes, and ordinary papers.

    python -m benchmarks.documents.rivals

The rivals come from PyPI into an environment of their own, which is thrown away. Found: Vigie's
light is not green; one of five oletools objects (mraptor's verdict, a high or medium risk of oleid
other than that there are macros, a suspicious field of msodde, an OLE object of rtfobj, an outside
relationship of oleobj); QuickSand rates it above nothing. Vigie's seconds include its start and a
process for each file; the rivals run in one. The shapes and their reader have the same makers.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.documents.__main__ import ROOT, check
from benchmarks.documents.peers import TOOLS

PINNED = ("oletools==0.60.2", "quicksand==2.1.4")
sys.path.insert(0, str(ROOT / "tests" / "stage"))


def main() -> int:
    """Measure, print the table, return 1 where a rival finds more or condemns less."""
    from hostile_documents import shapes  # noqa: PLC0415  (found once the path is set)
    from ordinary_documents import write  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as scratch:
        place = Path(scratch)
        for slug, name, content in shapes():
            (place / "hostile" / slug).mkdir(parents=True)
            (place / "hostile" / slug / name).write_bytes(content)
        write(place / "ordinary")
        python = environment(place / "rivals")
        found = {pile: one_pile(place / pile, python) for pile in ("hostile", "ordinary")}
    print(f"{'':10}{'hostile found':>20}{'ordinary condemned':>22}{'files a core second':>24}")
    for tool in ("vigie", *TOOLS):
        hostile, ordinary = found["hostile"][tool], found["ordinary"][tool]
        files = hostile[1] + ordinary[1]
        print(
            f"{tool:10}{f'{hostile[0]} of {hostile[1]}':>20}"
            f"{f'{ordinary[0]} of {ordinary[1]}':>22}{files / (hostile[2] + ordinary[2]):>24.0f}"
        )
    mine = [found[pile]["vigie"][0] for pile in found]
    return int(any(found["hostile"][t][0] > mine[0] or found["ordinary"][t][0] < mine[1]
                   for t in TOOLS))  # fmt: skip


def environment(folder: Path) -> Path:
    """Make the rivals' environment and return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PINNED], check=True)
    return python


def one_pile(folder: Path, python: Path) -> Mapping[str, tuple[int, int, float]]:
    """Return, for each tool, how many files it objects to, of how many, and in how many seconds."""
    answers, seconds = check(folder)
    found = {
        "vigie": (sum(answer["light"] != "green" for answer in answers), len(answers), seconds)
    }
    paths = [str(answer["input"]) for answer in answers]
    said = ask(python, paths)
    for tool in TOOLS:
        objected = sum(bool(one[tool]) for one in said)
        spent = sum(float(str(one[f"{tool}_seconds"])) for one in said)
        found[tool] = (objected, len(said), spent)
    return found


def ask(python: Path, paths: Sequence[str]) -> Sequence[Mapping[str, object]]:
    """Return the rivals' answers, in order; a file that ends them was not found by either."""
    said: list[Mapping[str, object]] = []
    while len(said) < len(paths):
        done = subprocess.run(
            [str(python), str(Path(__file__).with_name("peers.py"))],
            input="\n".join(paths[len(said) :]) + "\n", text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        said += [json.loads(line) for line in done.stdout.splitlines()]
        if len(said) < len(paths):
            said.append(dict.fromkeys(TOOLS, False) | {f"{tool}_seconds": 0.0 for tool in TOOLS})
    return said


if __name__ == "__main__":
    sys.exit(main())
