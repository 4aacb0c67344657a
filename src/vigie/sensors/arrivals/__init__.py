"""Arrivals: files that come into the folders people open them from, judged before they do.

`asked` is asked by the kernel before each open (Linux); `told` hears of a file once it is there, on
other systems and where the kernel does not ask.
"""

from collections.abc import Callable

# Given an open file and its path: whether people may open it. What it puts aside is gone by then.
Judge = Callable[[int, str], bool]
