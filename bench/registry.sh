#!/bin/sh
# registry.sh BUILD [THOUSANDS]: the desk's registry with so many thousand open warnings (1,000 unless told: 1.5 GB in BENCH_DIR, else TMPDIR, else /tmp).
set -eu
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/registry.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
"$1/bench/bench_registry" "$dir" "${2:-1000}"
