"""How many people could be meant: fewer with every detail, never more."""

from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing import FEWEST, crowd, search

_MARKS = st.one_of(
    st.builds(Mark, kind=st.sampled_from([Kind.TOWN, Kind.FACILITY, Kind.REGION]), start=st.just(0), end=st.just(1), people=st.integers(1, 3_000_000)),
    st.builds(Mark, kind=st.sampled_from([Kind.PROFESSION, Kind.DISEASE, Kind.EVENT]), start=st.just(0), end=st.just(1), share=st.floats(1e-7, 0.1)),
    st.builds(Mark, kind=st.just(Kind.AGE), start=st.just(0), end=st.just(1), hint=st.integers(0, 115).map(str)),
    st.builds(Mark, kind=st.just(Kind.DATE), start=st.just(0), end=st.just(1)),
)  # fmt: skip


@given(st.lists(_MARKS, max_size=8), _MARKS)
def test_a_further_detail_never_makes_the_crowd_larger(marks: list[Mark], more: Mark) -> None:
    before, after = crowd(marks), crowd([*marks, more])
    if before is not None:
        assert after is not None
        assert after <= before


def few(text: str) -> bool:
    found = crowd(search(text))
    return found is not None and found < FEWEST


def test_a_rare_trade_in_a_village_is_one_person() -> None:
    assert few("Un luthier de Mens avec des douleurs")
    assert few("La boulangère de Lus-la-Croix-Haute, enceinte de jumeaux")
    assert few("Le maire de Vassieux-en-Vercors est venu")


def test_an_age_in_a_village_is_few_people_and_in_a_city_many() -> None:
    assert few("Patiente de 54 ans, de Mens, fatigue")
    assert not few("Patiente de 54 ans, de Lyon, fatigue")


def test_an_ordinary_question_is_about_nobody() -> None:
    assert not few("Homme de 70 ans, prostate de 80 g, échec Josir")
    assert not few("Je suis infirmière à Lyon, où trouver un cardiologue ?")
    assert not few("Une maladie de Wilson chez un patient de 34 ans, quelle dose ?")
