"""Untrusted bytes are read in another process: no network, no files, no privileges, no time.

`cell` starts such a process and asks it questions, `inside` is what runs in it, `channel` is the
narrow way between them, `reader` keeps two cells ready for structures, and `job` uses one once.
"""
