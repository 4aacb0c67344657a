#!/usr/bin/env bash
# Every check, in the order in which they are cheap. Called by ./test and `just check`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
echo "── style" && ruff format --check --quiet . && ruff check --quiet .
echo "── types" && mypy src
echo "── walls" && lint-imports --no-cache | sed -n '/^Analyzed/,$p'
echo "── tests"
# Two at a time, against real kernels, servers and browsers. What fails so is tried once more with
# the machine to itself, and named: a race is a bug to be found, but not by whoever comes next.
pytest -q -n 2 --dist loadgroup || {
  # Where no test is named, something else is broken: once more would be everything, one by one.
  grep -q :: .pytest_cache/v/cache/lastfailed || exit 1
  # A test that shares a server is kept as « name@group », and found by its name alone.
  sed -i 's/@[a-z_]*": true/": true/' .pytest_cache/v/cache/lastfailed
  echo "── once more, alone: what failed beside other tests"
  pytest -q --last-failed --last-failed-no-failures none
}
