"""The vault: the last good version of every protected document, out of reach of everyone else.

A folder with mode 0700, owned by whoever runs Vigie (root). Three ways to keep a version, the
cheapest that the file system allows: a *clone* shares the blocks (btrfs, XFS), a *link* shares
the inode and costs nothing until the file is about to change, a *copy* shares nothing.
A link is only as good as the guard on its inode: whoever holds one must turn it into a copy
before anybody writes there (`Vault.keep`).
"""

from vigie.tools.vault.index import Version, Way
from vigie.tools.vault.objects import digest
from vigie.tools.vault.vault import Limits, Restored, Vault, VaultFull

__all__ = ["Limits", "Restored", "Vault", "VaultFull", "Version", "Way", "digest"]
