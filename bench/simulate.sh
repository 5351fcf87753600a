#!/bin/sh
# simulate.sh BUILD: how fast a city is made, and in how much memory. A million people for a day (2.4 GiB in BENCH_DIR, default a
# temporary folder); with BENCH_BIG=1 also ten million, of which only the reports are written, to see the memory. HISTORY=60 gives
# the usual history instead of one day: more to make, and less memory, since not all of it falls on one day.
set -eu
build=$1
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/city.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

run() { # run options...: what was made, time and memory, and the rate if all is written
	echo "work: simulate city $*"
	"$build/bench/peak" "$build/src/app/duanka" simulate city "$@" --no-progress -o "$dir/c" >"$dir/out" 2>"$dir/time" || {
		cat "$dir/time" >&2
		exit 1
	}
	head -n 1 "$dir/out" | sed "s|^[^:]*: ||"
	cat "$dir/time"
	awk 'NR == FNR { for (i = 1; i < NF; i++) { if ($(i + 1) == "events,") n = $i; if ($(i + 1) == "MiB") mib = $i }; next }
		n > 1000000 { printf "%.2f M events and %.0f MB a second of wall time\n", n / $1 / 1e6, mib * 1.048576 / $1 }' \
		"$dir/out" "$dir/time"
	rm -rf "$dir/c"
}
echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors; one is used"
run --people "${PEOPLE:-1000000}" --days 1 --history "${HISTORY:-1}"
[ -z "${BENCH_BIG:-}" ] || run --people 10000000 --days 1 --history "${HISTORY:-1}" --only reports
