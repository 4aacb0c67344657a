"""How well names, numbers, places and combinations are found: `python -m benchmarks.words`.

    python -m benchmarks.words [--errors] [--aside] [--made N]

`posts.txt` is written by hand and may be tuned on; `aside.txt` is written by hand as well and is
only counted, never looked at while tuning; `--made` adds generated posts (see `made.py`).
"""

import argparse
import time
from pathlib import Path

from benchmarks.words.gold import Post, lines, measure, posts, table
from benchmarks.words.made import made

from vigie.knowledge.writing import search

_HERE = Path(__file__).parent


def _show(title: str, some: list[Post], *, errors: bool) -> None:
    tally = measure(some)
    print(table(title, tally), "\n")
    if errors:
        for name in ("missed", "wrong", "left", "flagged", "unseen"):
            rows = getattr(tally, name)
            print(f"--- {name}: {len(rows)}")
            print("\n".join(rows[:80]))


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--errors", action="store_true")
    asked.add_argument("--aside", action="store_true")
    asked.add_argument("--made", type=int, default=0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--kept", action="store_true", help="the kept part of the templates")
    chosen = asked.parse_args()
    by_hand = posts(_HERE / "posts.txt")
    _show(f"by hand ({len(by_hand)} posts)", by_hand, errors=chosen.errors and not chosen.made)
    single = lines(_HERE / "lines.txt")
    _show(f"single lines ({len(single)})", single, errors=chosen.errors and not chosen.made)
    if chosen.aside:
        kept = posts(_HERE / "aside.txt")
        _show(f"by hand, kept aside ({len(kept)} posts)", kept, errors=False)
    if chosen.made:
        some = list(made(chosen.made, seed=chosen.seed, kept=chosen.kept))
        _show(f"made ({len(some)} posts)", some, errors=chosen.errors)
    text = "\n\n".join(post.text for post in by_hand)
    began = time.perf_counter()
    for _ in range(10):
        search(text)
    print(f"{10 * len(text) / (time.perf_counter() - began):,.0f} characters a second")
    began = time.perf_counter()
    for post in by_hand:
        search(post.text)
    print(f"{(time.perf_counter() - began) / len(by_hand) * 1000:.1f} ms a post")


main()
