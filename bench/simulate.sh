#!/bin/sh
# simulate.sh BUILD: speed and memory of `duanka simulate city`: a million people for one day, all events. They are written to a
# new folder in BENCH_DIR (default: /dev/shm if 4 GiB are free there, else TMPDIR or /tmp) and removed again. With BENCH_BIG=1
# also ten million people for one day; only reports are written then, so the disk stays empty, but everything happens.
set -eu
bin=$1/src/app/duanka
peak=$1/bench/peak
free_kib() {
	df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }'
}
if [ -z "${BENCH_DIR:-}" ]; then
	BENCH_DIR=${TMPDIR:-/tmp}
	shm=$(free_kib /dev/shm)
	[ "${shm:-0}" -lt 4194304 ] || BENCH_DIR=/dev/shm
fi
dir=$(mktemp -d "$BENCH_DIR/duanka-simulate.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM

run() { # run NAME options...: what was made, how fast, and the memory
	name=$1
	shift
	"$peak" "$bin" simulate city --no-progress "$@" -o "$dir/city" >"$dir/said" 2>"$dir/took" || {
		cat "$dir/took" >&2
		exit 1
	}
	rows=$(awk -F, '$1 == "population" && $2 ~ /^(phone|person)$/ { printf "%s %ss ", $NF, $2 }' "$dir/city/truth.csv")
	tail -n 1 "$dir/took" | cat "$dir/said" - | awk -v name="$name" -v rows="$rows" -v bytes="$(du -sk "$dir/city" | cut -f 1)" '
		NR == 1 { for (i = 2; i <= NF; i++) if ($i == "events,") events = $(i - 1) }
		$1 == "wall_s" { wall = $2; cpu = $4; peak = $6 }
		END {
			printf "%s (%s): %d events written, %.1f s wall, %.1f s CPU, ", name, rows, events, wall, cpu
			if (events > 1000000) # else most were left out, and a rate would say nothing
				printf "%.2f M events/s, %.0f MB/s, ", events / wall / 1e6, bytes * 1024 / wall / 1e6
			printf "peak memory %.2f GiB\n", peak / 1048576
		}' | sed 's/ )/)/'
	rm -rf "$dir/city"
}
grep -m 1 "model name" /proc/cpuinfo | sed "s/.*: /machine: /; s/$/, $(nproc) cores/"
echo "work: simulated city, built-in crimes, 60 days of history, files in $BENCH_DIR"
run "1 M people, 1 day, all events" --people 1000000 --days 1
[ "${BENCH_BIG:-0}" != 1 ] || run "10 M people, 1 day, reports only" --people 10000000 --days 1 --only reports
