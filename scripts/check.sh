#!/usr/bin/env bash
# Every check, in the order in which they are cheap. Called by ./test and `just check`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
echo "── style" && ruff format --check --quiet . && ruff check --quiet .
echo "── types" && mypy src
echo "── walls" && lint-imports --no-cache | sed -n '/^Analyzed/,$p'
echo "── tests" && pytest -q -n 2 --dist loadgroup
