"""`python -m vigie.cli` is `vigie`: for the parts of Vigie that start one another."""

from vigie.cli import main

main()
