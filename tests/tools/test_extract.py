"""The verifier that stands alone says what the house's own chain says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vigie.domain import proof
from vigie.tools import extract


def chain(length: int, *, skip: int = 0) -> list[dict[str, object]]:
    """Return the rows of a chain, without its first `skip`."""
    rows: list[proof.Entry] = []
    for number in range(length):
        rows.append(
            proof.append(rows[-1] if rows else None, proof.canonical({"n": number, "é": 1}))
        )
    return [
        {"number": r.number, "previous": r.previous, "body": r.body, "digest": r.digest}
        for r in rows[skip:]
    ]


def written(place: Path, rows: list[dict[str, object]]) -> str:
    file = place / "journal.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(file)


def test_an_extract_from_the_middle_holds(tmp_path: Path) -> None:
    rows = chain(9, skip=4)
    found = extract.verify(written(tmp_path, rows))
    assert (found.first, found.last, found.rows, found.troubles) == (5, 9, 5, [])
    assert found.before == rows[0]["previous"]


@pytest.mark.parametrize("how", ["changed", "missing", "swapped"])
def test_the_broken_row_is_named(tmp_path: Path, how: str) -> None:
    rows = chain(9, skip=4)
    if how == "changed":
        rows[2]["body"] = '{"n":99}'
    elif how == "missing":
        del rows[2]
    else:
        rows[2], rows[3] = rows[3], rows[2]
    assert extract.verify(written(tmp_path, rows)).broken == 7


@pytest.mark.parametrize("text", ["", "no rows\n", "[1]\n", '{"number": 1}\n'])
def test_what_is_no_extract_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text(text)
    with pytest.raises(extract.Unreadable):
        extract.verify(str(file))


def test_it_runs_alone(tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes(Path(extract.__file__).read_bytes())
    told = written(tmp_path, chain(3))
    ask = [sys.executable, "-I", "-S", str(alone), told]
    done = subprocess.run(ask, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rows 1 to 3, all holds" in done.stdout
    (tmp_path / "journal.jsonl").write_text("")
    assert subprocess.run(ask, capture_output=True, check=False, cwd=tmp_path).returncode == 2
