from datetime import timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.evidence.files import FileEvidence
from vigie.domain.response import Deed
from vigie.guards.ransomware.guard import GUARD
from vigie.guards.ransomware.scenes import LETTER, NOISE, OPENPGP, mended, removed, rewritten
from vigie.policy.orders import decide
from vigie.watch.patrol import Patrol


def patrol() -> Patrol:
    return Patrol({Danger.RANSOMWARE: GUARD}, partial(decide, choices=None))


def facts(seen: list[FileEvidence]) -> list[str]:
    watch = patrol()
    verdicts = [v for e in seen for v in watch.step(e)]
    return [f.fact for v in verdicts for f in v.findings]


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 9))
def test_ordinary_saves_are_never_harm(names: list[int], families: int) -> None:
    seen: list[FileEvidence] = [
        rewritten(f"{n}.docx", LETTER, family=f"{n % families}-1") for n in names
    ]
    assert facts(seen) == []


@given(st.integers(3, 40), st.integers(0, 28))
def test_three_by_one_hand_are_said_once_however_slow(count: int, days: int) -> None:
    apart = timedelta(days=days) / count
    seen: list[FileEvidence] = [
        rewritten(f"{n}.docx", NOISE, later=n * min(apart, timedelta(hours=20)))
        for n in range(count)
    ]
    assert facts(seen).count("files_scrambled") == 1


@given(st.integers(0, 9))
def test_a_handful_under_a_password_freezes_nobody(count: int) -> None:
    watch = patrol()
    seen: list[FileEvidence] = []
    for n in range(count):
        seen += [rewritten(f"{n}.gpg", OPENPGP, before=None), removed(f"{n}.docx")]
    deeds = {r.deed for e in seen for v in watch.step(e) for r in v.responses}
    assert Deed.FREEZE not in deeds


def test_a_mended_document_leaves_the_count() -> None:
    seen = [rewritten(f"{n}.docx", NOISE) for n in range(2)]
    assert facts([*seen, mended("0.docx"), rewritten("2.docx", NOISE)]) == []
