#!/bin/sh
# contacts.sh BUILD [MILLIONS]: one number's calls out of so many (5 unless told; 100 M need 15 GB in BENCH_DIR, else TMPDIR, else /tmp).
set -eu
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/contacts.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
"$1/bench/bench_contacts" "$dir" "${2:-5}"
