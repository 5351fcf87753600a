#!/bin/sh
# soak.sh BUILD: the service under half of the load that it can take, for SECONDS (3600): a line a minute with memory and latency. Memory besides state and
# entities must stay flat after the first minute: exit 1 if it has grown by more than BOUND_MIB (16), or if blocks of memory were kept.
# State is the policy's business and is shown; POLICY is the shipped one. RATE (0: half of what a closed loop reaches), PHONES=100000, STEP=60.
# bench/soak.sh BUILD short: the same within 20 seconds with windows of seconds, for tests: what counts there are the blocks, not the time.
set -eu
build=$1
root=$(cd "$(dirname "$0")/.." && pwd)
seconds=${SECONDS_ALL:-3600} step=${STEP:-60} rate=${RATE:-0} phones=${PHONES:-100000} bound=${BOUND_MIB:-16} warm=1
policy=${POLICY:-$root/policy}
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/soak.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
if [ "${2:-}" = short ]; then
	seconds=20 step=5 rate=500 phones=200 policy=$dir/p
	mkdir "$policy"
	cp "$root/policy/00-schema.dk" "$policy/"
	cat >"$policy/r.dk" <<-'DK'
		rule busy on call about caller when count(call by caller over 2s) >= 3 and distinct(callee by caller over 5s) >= 2
		  then alert blue, score 1 every 1min because "{count(call by caller over 2s)} calls"
	DK
fi
mkfifo "$dir/said"
"$build/src/app/duanka" serve --data "$dir/d" --policy "$policy" --anonymous --listen 127.0.0.1:0 --tick 1s 2>"$dir/said" &
pid=$!
port=
while IFS= read -r line; do
	case $line in
	*"listening on"*) port=${line##*:} && break ;;
	*error*) echo "$line" >&2 ;;
	esac
done <"$dir/said"
[ -n "$port" ] || exit 1

load() { "$build/bench/load/load" -p "$port" -n "$phones" -c 32 "$@" >"$dir/load"; }
metric() { sed -n "s/^duanka_$1 //p" "$dir/metrics" | awk '{ printf "%.0f\n", $1 }'; }
# KiB: windows and entities as the engine counts them; the areas that they lie in, blocks given back included (mappings over 64 MiB); all other memory.
look() {
	curl -s "http://127.0.0.1:$port/metrics" >"$dir/metrics"
	state=$((($(metric state_bytes) + $(metric entity_bytes)) / 1024))
	blocks=$(metric allocations)
	awk '/^Size:/ { size = $2 } /^Anonymous:/ { kib[size > 65536] += $2 } END { print kib[1] + 0, kib[0] + 0 }' "/proc/$pid/smaps" >"$dir/kib"
	read -r areas other <"$dir/kib"
}

if [ "$rate" = 0 ]; then
	load -s 5
	rate=$(sed -n 's/^rate *\([0-9]*\) .*/\1/p' "$dir/load")
	rate=$((rate / 2))
fi
echo "load       $rate requests/s, $phones phones, $seconds s in steps of $step s"
at=0
n=0
while [ $at -lt "$seconds" ]; do
	load -r "$rate" -s "$step" || {
		cat "$dir/load"
		echo "soak: requests failed" >&2
		exit 1
	}
	at=$((at + step))
	n=$((n + 1))
	look
	echo "$at s: state $((state / 1024)) MiB in areas of $((areas / 1024)) MiB, other memory $other KiB in $blocks blocks; $(sed -n 's/^latency *//p' "$dir/load" | sed 's/, from.*//')"
	[ $n = $warm ] && first=$other first_blocks=$blocks
done
grown=$((other - first))
echo "grown      $grown KiB besides state, $((blocks - first_blocks)) blocks, after the first $((warm * step)) s"
# Alerts' places and answers to known keys are few large blocks; a block a request would be thousands.
[ $((blocks - first_blocks)) -le 100 ] || {
	echo "soak: blocks of memory are kept" >&2
	exit 1
}
[ "${SOAK_RSS:-yes}" = no ] || [ $grown -le $((bound * 1024)) ] || {
	echo "soak: memory grows" >&2
	exit 1
}
kill $pid
wait $pid || exit 1
pid=
