"""Beginnings: how often messages to one contact alone began with the same greeting.

Of the words no more than a salted hash is kept: recognising them is enough.
"""

import sqlite3


def count(base: sqlite3.Connection, contact: int, month: int, words: bytes) -> None:
    """Write down that a message to a contact alone began with these words."""
    base.execute(
        "INSERT INTO begun VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
        (contact, month, words),
    )


def of(base: sqlite3.Connection, contact: int, oldest: int, words: bytes) -> tuple[int, int]:
    """Return how many messages to a contact greeted, and how many with these words."""
    row = base.execute(
        "SELECT coalesce(sum(count), 0), coalesce(sum(count) FILTER (WHERE words = ?), 0) "
        "FROM begun WHERE contact = ? AND month >= ?",
        (words, contact, oldest),
    ).fetchone()
    return int(row[0]), int(row[1])
