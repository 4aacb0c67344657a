"""Tables: plain columns, and the three numbers that say how a series went."""

from collections.abc import Sequence
from statistics import median

Cell = str | int | float | None


def p95(values: Sequence[float]) -> float:
    """Return the smallest value that at least 95 of 100 values do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 95 // 100) - 1]


def spread(values: Sequence[float], unit: str = "") -> str:
    """Return median, 95th percentile and greatest of `values`, or a dash without any."""
    if not values:
        return "–"
    named = (("median", median(values)), ("p95", p95(values)), ("max", max(values)))
    return ", ".join(f"{name} {value:.4g}{unit}" for name, value in named)


def show(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a table in Markdown, columns aligned."""
    texts = [[_text(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *texts, strict=True)]
    for line in (head, ["-" * width for width in widths], *texts):
        print("| " + " | ".join(map(str.ljust, line, widths)) + " |", flush=True)


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
