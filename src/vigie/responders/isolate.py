"""ISOLATE: cut this machine off from the network, and stay in touch with those who can help.

What encrypts also spreads and steals. The console and the backups stay within reach; DNS stays
open to the practice's own resolvers, which a patient attacker could whisper through: slow, and
better than a machine that nobody can find any more.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from ipaddress import ip_address

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.firewall import Firewall, FirewallFailed, Opening, Peer, opening_for
from vigie.tools.undo import UndoBook

_at_once = partial(opening_for, at_once=True)


class Isolate:
    """The deed over one firewall. `peers` names, at each call, who must stay within reach."""

    deed = Deed.ISOLATE

    def __init__(
        self,
        firewall: Firewall,
        peers: Callable[[], Sequence[Peer]],
        find: Callable[[Sequence[Peer]], Opening] = opening_for,
        find_at_once: Callable[[Sequence[Peer]], Opening] = _at_once,
    ) -> None:
        self._firewall = firewall
        self._peers = peers
        self._find = find
        self._find_at_once = find_at_once

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Register the undo, then cut the machine off. `numbers` says how many peers stay.

        Nobody waits for a name to be resolved: the machine is cut off first, then let through to
        the peers that have a name.
        """
        peers = self._peers()
        try:
            shut_before = self._firewall.is_shut()
            if not shut_before:
                self._shut(self._find_at_once(peers), report, response.target, undo)
            opening = self._find(peers)
            self._shut(opening, report, response.target, undo)
        except FirewallFailed as failure:
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason=failure.reason)
        result = Result.NOT_NEEDED if shut_before else Result.DONE
        return Outcome(deed=self.deed, result=result, at=at, numbers={"peers": len(opening.peers)})

    def _shut(self, opening: Opening, report: str, target: str, undo: UndoBook) -> None:
        undo.register(report=report, deed=self.deed, target=target, note=_note(opening))
        self._firewall.shut(opening)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Open the machine again."""
        del target, note  # there is one network, and one table to remove
        try:
            self._firewall.reopen()
        except FirewallFailed as failure:
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason=failure.reason)
        return Outcome(deed=self.deed, result=Result.UNDONE, at=at)

    def resume(self, undo: UndoBook) -> bool:
        """Cut off again a machine that was, before it restarted; return whether it was.

        The kernel forgets its tables when it restarts, the undo book does not: only an order opens
        the machine. Addresses that no longer resolve are those of the moment it was cut off.
        Raise FirewallFailed when it cannot be done.
        """
        notes = [row.note for row in undo.pending() if row.deed is self.deed]
        if not notes:
            return False
        former = [_opening(note) for note in notes]
        fresh = self._find(self._peers())
        peers = {peer: None for opening in (fresh, *former) for peer in opening.peers}
        resolvers = {one: None for opening in (fresh, *former) for one in opening.resolvers}
        self._firewall.shut(Opening(peers=tuple(peers), resolvers=tuple(resolvers)))
        return True


def _note(opening: Opening) -> str:
    return json.dumps(
        {
            "peers": [[str(address), port] for address, port in opening.peers],
            "resolvers": [str(address) for address in opening.resolvers],
        }
    )


def _opening(note: str) -> Opening:
    kept = json.loads(note)
    return Opening(
        peers=tuple((ip_address(address), int(port)) for address, port in kept["peers"]),
        resolvers=tuple(ip_address(address) for address in kept["resolvers"]),
    )
