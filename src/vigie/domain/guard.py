"""A guard: a frozen value around one pure function. Its folder's name is its registration."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from vigie.domain.evidence import Evidence
from vigie.domain.finding import Finding

E = TypeVar("E", bound=Evidence)


def everything(_: Evidence) -> bool:
    """Keep all evidence in the window: what a guard does that says nothing else."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard(Generic[E]):
    """One opinion about one kind of evidence, or several where a danger has several ways in.

    `judge` receives the evidence of one machine inside `window`, oldest first, the newest last,
    and is called once for each new piece. `keeps` says which evidence a later judgement may still
    need: what it refuses is judged once, as the newest, and then forgotten, so that a guard can
    count damage over a month without holding a month of ordinary work in memory.
    """

    watches: type[E] | tuple[type[E], ...]
    judge: Callable[[Sequence[E]], Iterator[Finding]]
    window: timedelta = timedelta(0)
    keeps: Callable[[E], bool] = everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(Generic[E]):
    """A little play: what is seen, and the facts that must (and must not) be said about it.

    `title` is a slug. `facts` is the exact set of facts said while the whole play runs.
    """

    title: str
    seen: Sequence[E]
    facts: frozenset[str]
