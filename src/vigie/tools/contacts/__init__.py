"""Contacts: who writes to whom, learned from the practice's own mail, kept in the practice."""

from vigie.tools.contacts.exchange import Direction, Exchange
from vigie.tools.contacts.store import Contacts, Known

__all__ = ["Contacts", "Direction", "Exchange", "Known"]
