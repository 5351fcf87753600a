#!/bin/sh
# figures.sh BUILD [THOUSANDS]: questions about a month in a registry of so many thousand warnings (1,000 unless told: 1.5 GB in BENCH_DIR, else TMPDIR, else /tmp).
set -eu
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/figures.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
"$1/bench/bench_figures" "$dir" "${2:-1000}"
