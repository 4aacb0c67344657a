"""Notes that hold passwords: where they are looked for, and what was seen of them before."""
