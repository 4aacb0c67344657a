from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.routines.rehearsals import blows
from vigie.routines.rehearsals.blows import BLOCK, Victim
from vigie.routines.rehearsals.progress import Progress


@pytest.fixture
def victim(tmp_path: Path) -> Victim:
    return Victim(tmp_path / "a.docx", 0, Progress(tmp_path / "p", 1), tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(min_size=64, max_size=4 * BLOCK))
def test_whatever_is_overwritten_in_place_keeps_its_length_and_loses_its_bytes(
    victim: Victim, content: bytes
) -> None:
    for blow in (blows.in_place, blows.intermittent, blows.head_only, blows.tail_only):
        victim.path.write_bytes(content)
        blow(victim)
        after = victim.path.read_bytes()
        assert len(after) == len(content)
        assert after != content


def test_the_head_the_tail_and_every_other_block_are_what_they_say(victim: Victim) -> None:
    content = bytes(4 * BLOCK)
    victim.path.write_bytes(content)
    blows.head_only(victim)
    assert victim.path.read_bytes()[BLOCK:] == content[BLOCK:]
    victim.path.write_bytes(content)
    blows.tail_only(victim)
    assert victim.path.read_bytes()[:BLOCK] == content[:BLOCK]
    victim.path.write_bytes(content)
    blows.intermittent(victim)
    after = victim.path.read_bytes()
    untouched = [after[i : i + BLOCK] == bytes(BLOCK) for i in range(0, 4 * BLOCK, BLOCK)]
    assert untouched == [False, True, False, True]


def test_a_document_moved_out_and_back_bears_another_name(victim: Victim) -> None:
    victim.path.write_bytes(bytes(BLOCK))
    blows.moved_out_and_back(victim)
    assert not victim.path.exists()
    assert victim.locked.stat().st_size == BLOCK
    assert victim.progress.harmed() == (0,)
