#!/bin/sh
# projector.sh BUILD [THOUSANDS]: alerts and commands from the journal to the registry (200 thousand alerts unless told; 1 GB in BENCH_DIR, else TMPDIR, else /tmp).
set -eu
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/projector.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
"$1/bench/bench_projector" "$dir" "${2:-200}"
