# `just` lists the recipes; `just check` is what CI runs once everything is installed.
set shell := ["bash", "-euo", "pipefail", "-c"]

default:
    @just --list

# Every check: style, types, walls, tests
check:
    uv run scripts/check.sh

# Mend what can be mended by machine
mend:
    uv run ruff check --fix .
    uv run ruff format .

# One part of the tests, for example: just test tests/watch
test *args:
    uv run pytest -q {{args}}

# The tables of the README files, measured here (long: read benchmarks/README.md first)
measure what:
    uv run python -m benchmarks.{{what}}

# Gather the fragments in changes/ into CHANGELOG.md
changelog version:
    uv run towncrier build --yes --version {{version}}
