"""The inbox: what came in, looked at where the provider keeps it.

`watching` hears of new letters, `ledger` remembers which were seen, `shelf` puts letters aside and
back, `copy` makes the copy with a warning in it.
"""
