#!/bin/sh
# segment.sh BUILD [PEOPLE-IN-THOUSANDS]: 10 million people (unless told), a segment for each audience; the mark is 10 s each.
set -eu
build=$(cd "$1" && pwd)
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/segment.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), one thread, files in $dir"
"$build/bench/bench_segment" "$dir" "${2:-10000}"
