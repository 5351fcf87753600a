#!/bin/sh
# simulate.sh BUILD: how fast a city is made, and in how much memory. A million people for a day (2.4 GiB in BENCH_DIR, default a
# temporary folder); with BENCH_BIG=1 also ten million, of which only the reports are written, to see the memory.
set -eu
build=$1
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/city.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors; one is used"
echo "work: simulate city --people ${PEOPLE:-1000000} --days 1 --history 1, all events written"
"$build/bench/peak" "$build/src/app/duanka" simulate city --people "${PEOPLE:-1000000}" --days 1 --history 1 --no-progress -o "$dir/c" \
	>"$dir/out" 2>"$dir/time"
head -n 1 "$dir/out" | sed "s|^[^:]*: ||"
cat "$dir/time"
awk 'NR == FNR { for (i = 1; i <= NF; i++) if ($(i + 1) == "events,") n = $i; next } { printf "%.2f M events a second of wall time\n", n / $1 / 1e6 }' \
	"$dir/out" "$dir/time"
[ -z "${BENCH_BIG:-}" ] || {
	echo "work: ten million people, one day, only reports written"
	"$build/bench/peak" "$build/src/app/duanka" simulate city --people 10000000 --days 1 --history 1 --only reports --no-progress -o "$dir/big" |
		sed "s|^[^:]*: ||"
}
