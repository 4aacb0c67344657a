from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from vigie.routines.rehearsals import prose

FOR_FICTION = ("01 99 00 ", "06 39 98 ")


@given(rng=st.randoms())
def test_no_invented_patient_can_be_telephoned(rng: Random) -> None:
    assert prose.patient(rng).telephone.startswith(FOR_FICTION)


@given(rng=st.randoms(), paragraphs=st.integers(1, 8))
def test_a_letter_has_every_blank_filled_in(rng: Random, paragraphs: int) -> None:
    written = prose.letter(rng, prose.patient(rng), date(2026, 11, 2), paragraphs=paragraphs)
    assert len(written) == paragraphs + 4
    assert not any(sign in line for line in written for sign in "{}§<&")
    assert all(line.strip() == line for line in written)


@given(text=st.text(alphabet="abc é", max_size=600))
def test_printed_lines_fit_their_column(text: str) -> None:
    assert all(len(line) <= prose.COLUMN for line in prose.wrapped(text))
