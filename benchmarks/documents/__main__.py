"""Documents: how many hostile shapes are green, how many papers are not, what it costs.

Everything is generated here (`tests/stage/hostile_documents.py`, `ordinary_documents.py`); nothing
is harmful, and nothing is fetched. `--folder DIR` judges somebody's own files instead.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "stage"))

Answer = Mapping[str, object]
BOMBS = ("bomb", "swell", "too_many", "too_deep", "ring", "entities")


def main() -> int:
    """Measure, print the table, return 1 where a goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--convert", action="store_true", help="papers in LibreOffice's formats too")
    asked.add_argument("--copies", action="store_true", help="light and raster copies too")
    asked.add_argument("--folder", type=Path, help="count the lights of these files and end")
    options = asked.parse_args()
    if options.folder:
        answers, seconds = check(options.folder)
        report("files", answers, seconds)
        return 0
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as scratch:
        place = Path(scratch)
        start = starting(place / "one")
        missed = hostile(place / "hostile", start)
        missed += ordinary(place / "ordinary", start, convert=options.convert)
        if options.copies:
            missed += copies(place / "ordinary")
    return 1 if missed else 0


def check(folder: Path) -> tuple[Sequence[Answer], float]:
    """Return the answers of `vigie check file` for a folder, and the processor's seconds."""
    before = _used()
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "check", "file", str(folder), "--json"],
        stdout=subprocess.PIPE, text=True, check=False,
        env=os.environ | {"VIGIE_HOME": str(folder.parent / "home")},
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()], _used() - before


def starting(folder: Path) -> float:
    """Return the processor's seconds that the command and its readers take before any file."""
    folder.mkdir()
    (folder / "note.txt").write_text("Rappeler le laboratoire demain.")
    start = statistics.median(check(folder)[1] for _ in range(3))
    print(f"one short note: {start:.2f} s of processor, nearly all of it the start")
    return start


def _used() -> float:
    """Return the processor's seconds of all that has ended below this process."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(
    what: str, answers: Sequence[Answer], seconds: float, start: float = 0.0
) -> Counter[str]:
    """Print how many files had which light, and how many were read for each processor's second."""
    lights = Counter(str(answer["light"]) for answer in answers)
    shares = ", ".join(f"{light} {lights[light]}" for light in ("red", "orange", "green", "unread"))
    speed = f"{len(answers) / seconds:.0f} files a core second"
    if start:
        speed += f", {(len(answers) - 1) / (seconds - start):.0f} once started"
    print(f"{what}: {len(answers)} files: {shares}; {speed}")
    return lights


def hostile(folder: Path, start: float) -> int:
    """Have every shape judged; return how many goals were missed."""
    from hostile_documents import shapes  # noqa: PLC0415  (found once the path is set)

    for slug, name, content in shapes():
        (folder / slug).mkdir(parents=True)
        (folder / slug / name).write_bytes(content)
    answers, seconds = check(folder)
    lights = report("hostile shapes", answers, seconds, start)
    slow = [
        answer
        for answer in answers
        if any(bomb in Path(str(answer["input"])).parent.name for bomb in BOMBS)
    ]
    worst = max(float(str(answer["seconds"])) for answer in slow)
    print(f"  bombs and loops: {len(slow)}, the slowest {worst:.2f} s of wall time")
    return lights["green"] + lights["unread"]


def ordinary(folder: Path, start: float, *, convert: bool) -> int:
    """Have ordinary papers judged; return how many goals were missed."""
    import ordinary_documents  # noqa: PLC0415  (found once the path is set)

    papers = ordinary_documents.write(folder)
    if convert:
        ordinary_documents.converted(papers, folder / "converted")
    answers, seconds = check(folder)
    lights = report("ordinary papers", answers, seconds, start)
    for answer in answers:
        if answer["light"] != "green":
            print(f"  {answer['light']}: {answer['input']}")
    return lights["red"] + (lights["orange"] > len(answers) * 0.02)


def copies(folder: Path) -> int:
    """Copy ordinary papers both ways; return how many goals were missed."""
    from vigie.routines.documents.checking import DocumentChecker  # noqa: PLC0415
    from vigie.routines.documents.copying import Copier  # noqa: PLC0415

    files = [p for p in sorted(folder.rglob("*")) if p.suffix in {".pdf", ".docx", ".xlsx"}]
    with DocumentChecker(cells=1) as checker:
        copier = Copier(checker)
        light, pages, raster = [], 0, 0.0
        for path in files[:60]:
            began = time.monotonic()
            made = copier.light(path.read_bytes())
            if made:
                light.append(time.monotonic() - began)
        for path in files[:: max(len(files) // 10, 1)]:
            began = time.monotonic()
            pages += copier.raster(path.read_bytes(), path.name).pages
            raster += time.monotonic() - began
    count = len(files[:: max(len(files) // 10, 1)])
    print(
        f"light copies: {len(light)}, median {statistics.median(light) * 1000:.0f} ms of wall time"
    )
    print(f"raster copies: {count}, {pages} pages, {raster:.0f} s of wall time in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
