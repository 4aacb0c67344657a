"""How much leaves this machine, from its network cards' own counters."""
