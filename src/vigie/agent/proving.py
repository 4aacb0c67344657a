"""Proving: a proof goes into the machine's journal first, then on its way to the console."""

from collections.abc import Iterable
from pathlib import Path

from vigie.agent.outbox import Outbox
from vigie.domain.proof import Proof
from vigie.tools.journal import Journal, record_proof
from vigie.wire.reports import proof_word

JOURNAL = "journal.db"  # in Vigie's home


def prove(proofs: Iterable[Proof], *, home: Path, outbox: Outbox) -> None:
    """Given proofs, append each to the journal of `home` (fsynced), then keep it for the console."""
    journal = Journal(home / JOURNAL)
    try:
        for proof in proofs:
            entry = record_proof(journal, proof)
            outbox.keep(
                proof_word(proof, number=entry.number, previous=entry.previous, digest=entry.digest)
            )
    finally:
        journal.close()
