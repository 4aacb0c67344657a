"""The caretaker's own rules: read before the cell gives its files up, matched inside it."""

from pathlib import Path

import pytest
from made_archives import zipped

from vigie.domain.evidence.documents import Act
from vigie.readers.document.reader import DocumentReader
from vigie.readers.document.rules import RulesWrong

pytestmark = pytest.mark.kernel

RULE = 'rule campagne_de_mars { strings: $a = "facture-frauduleuse" condition: $a }'


def test_a_rule_of_the_folder_is_matched_in_the_cell_also_inside_an_archive(tmp_path: Path) -> None:
    (tmp_path / "mars.yar").write_text(RULE)
    with DocumentReader(cells=1, rules=tmp_path) as reader:
        assert reader.weakest_link == ""
        assert reader.read_bytes(b"bonjour", "a.txt").sights == ()
        found = reader.read_bytes(zipped({"a.txt": b"une facture-frauduleuse"}), "a.zip").sights
    assert [(s.act, s.where, s.detail) for s in found] == [
        (Act.KNOWN_BAD, "a.zip › a.txt", "campagne_de_mars")
    ]


def test_an_empty_folder_of_rules_is_no_trouble(tmp_path: Path) -> None:
    with DocumentReader(cells=1, rules=tmp_path) as reader:
        assert reader.read_bytes(b"bonjour", "a.txt").sights == ()


def test_a_wrong_rule_is_named_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "faux.yar").write_text("rule { condition")
    with pytest.raises(RulesWrong, match=r"faux\.yar"):
        DocumentReader(cells=1, rules=tmp_path)
