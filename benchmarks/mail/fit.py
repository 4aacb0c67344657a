"""Fit the points of the impersonation guard's signals, and say how well they do out of fold.

    python -m benchmarks.mail.fit CORPUS [--write]

Logistic regression over named yes/no signals, weights held between 0 and a ceiling: a thing that
does not match never speaks for a message. Only what the ham can tell about is fitted: what a
provider writes about the sender is not in it, so those points are set by hand, as are those of
signals too rare to count. Folds keep campaigns together. Nothing but the language is needed.
"""

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mail.corpus import arrived, campaign, cases, fold
from vigie.guards.impersonation import tally
from vigie.guards.impersonation.view import View
from vigie.readers.mail.parse import parse

FOLDS = 5
CEILING = 4.5  # no single soft thing holds a message
PULL = 0.004  # ridge: keeps rare signals small
ROUNDS = 700
HAM_WEIGHT = 4.0  # one false alarm costs more than a miss
WEIGHTS = Path(tally.__file__).with_name("weights.toml")


@dataclass(frozen=True, slots=True)
class Row:
    """One message as the fit sees it."""

    pile: str
    phish: bool
    group: str
    names: tuple[str, ...]
    path: str


def rows(corpus: Path) -> list[Row]:
    """Return the corpus as signals."""
    found = []
    for case in cases(corpus):
        view = View(arrived(parse(case.path.read_bytes())))
        names = tuple(signal.name for signal in tally.signals(view))
        found.append(Row(case.pile, case.phish, campaign(view), names, case.path.name))
    return found


def fit(seen: Sequence[Row], free: Sequence[str]) -> tuple[float, dict[str, float]]:
    """Return the bias and the weights of the signals in `free`, all of them at least 0."""
    index = {name: number for number, name in enumerate(free)}
    # A campaign of a hundred mails says one thing, not a hundred.
    sizes = Counter(row.group for row in seen)
    data = [
        (
            [index[name] for name in row.names if name in index],
            row.phish,
            (1.0 if row.phish else HAM_WEIGHT) / math.sqrt(sizes[row.group]),
        )
        for row in seen
    ]
    whole = sum(weight for _, _, weight in data)
    ceiling = [tally.TABLE["most"].get(name, 10 * CEILING) / 10 for name in free]
    floor = [tally.TABLE["least"].get(name, 0) / 10 for name in free]
    bias, weights = -3.0, [max(0.3, least) for least in floor]
    second = [1e-3] * (len(free) + 1)
    for _ in range(ROUNDS):
        slope = [PULL * weight for weight in weights]
        slope_bias = 0.0
        for active, phish, weight in data:
            score = bias + sum(weights[number] for number in active)
            off = (1 / (1 + math.exp(-max(min(score, 30), -30))) - phish) * weight / whole
            slope_bias += off
            for number in active:
                slope[number] += off
        second[-1] += slope_bias**2
        bias -= 0.3 * slope_bias / math.sqrt(second[-1])
        for number, value in enumerate(slope):
            second[number] += value**2
            step = 0.3 * value / math.sqrt(second[number])
            weights[number] = min(max(weights[number] - step, floor[number]), ceiling[number])
    return bias, dict(zip(free, weights, strict=True))


def points(weights: dict[str, float]) -> dict[str, int]:
    """Return weights as tenths of a point."""
    return {name: round(10 * weight) for name, weight in weights.items()}


def out_of_fold(seen: Sequence[Row], free: Sequence[str], by_hand: dict[str, int]) -> list[int]:
    """Return the score of each row by weights that never saw its campaign, threshold at 0."""
    scores = [0] * len(seen)
    for number in range(FOLDS):
        bias, weights = fit([r for r in seen if fold(r.group, FOLDS) != number], free)
        table = {**points(weights), **by_hand}
        for at, row in enumerate(seen):
            if fold(row.group, FOLDS) == number:
                scores[at] = round(10 * bias) + sum(table.get(name, 0) for name in row.names)
    return scores


def table(seen: Sequence[Row], scores: Sequence[int], marks: Sequence[int]) -> None:
    """Print the share above each mark, pile by pile."""
    piles = list(dict.fromkeys(row.pile for row in seen))
    print("mark", *(f"{pile[-13:]:>14}" for pile in piles), f"{'ham':>14}")
    for mark in marks:
        line = []
        for pile in piles:
            inside = [s >= mark for s, r in zip(scores, seen, strict=True) if r.pile == pile]
            line.append(f"{100 * sum(inside) / len(inside):13.2f}%")
        ham = [s >= mark for s, r in zip(scores, seen, strict=True) if not r.phish]
        print(f"{mark:4}", *line, f"{sum(ham):5}/{len(ham)} {100 * sum(ham) / len(ham):.2f}%")


def main() -> None:
    """Fit, show, and write the table where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--write", action="store_true", help="write weights.toml")
    parser.add_argument("--without", nargs="*", default=[], help="signals left out")
    asked = parser.parse_args()
    by_hand: dict[str, int] = {**tally.TABLE["set"], **dict.fromkeys(asked.without, 0)}
    seen = rows(asked.corpus)
    counts: defaultdict[str, int] = defaultdict(int)
    for row in seen:
        for name in set(row.names) - by_hand.keys():
            counts[name] += 1
    free = sorted(counts.keys() | tally.TABLE["least"].keys() - by_hand.keys())
    scores = out_of_fold(seen, free, by_hand)
    print(f"{len(seen)} messages, {len({r.group for r in seen})} campaigns, {len(free)} fitted")
    table(seen, scores, range(-30, 61, 5))
    worst = sorted(((s, r) for s, r in zip(scores, seen, strict=True) if not r.phish), key=lambda x: -x[0])
    for score, row in worst[:14]:
        print(score, row.pile, row.path, row.names)
    bias, weights = fit(seen, free)
    found = points(weights)
    print("bias", round(10 * bias), dict(sorted(found.items(), key=lambda x: -x[1])))
    if asked.write:
        lines = [f"{name} = {value}" for name, value in sorted(found.items(), key=lambda x: -x[1])]
        text = WEIGHTS.read_text("utf-8")
        head, _, rest = text.partition("[fitted]\n")
        _, _, tail = rest.partition("\n[set]")
        WEIGHTS.write_text(f"{head}[fitted]\n" + "\n".join(lines) + f"\n\n[set]{tail}", "utf-8")


if __name__ == "__main__":
    main()
