#!/bin/sh
# serve.sh BUILD: the service under load on this machine, load generator included (build/bench/load/load): start, decisions one by
# one in closed and open loop, batches, a kill and the recovery from it, replay. SECONDS_EACH=10, RATE=30000.
set -eu
build=$1
each=${SECONDS_EACH:-10}
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/serve.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
mkfifo "$dir/said"
root=$(cd "$(dirname "$0")/.." && pwd)

start() { # until it listens; prints what it found and how long that took
	from=$(date +%s%N)
	"$build/src/app/duanka" serve --data "$dir/d" --policy "$root/policy" --anonymous --listen 127.0.0.1:0 2>"$dir/said" &
	pid=$!
	while IFS= read -r line; do
		case $line in
		*records*) echo "found      ${line##*: }" ;;
		*"listening on"*) break ;;
		esac
	done <"$dir/said"
	port=${line##*:}
	echo "start      $((($(date +%s%N) - from) / 1000000)) ms until requests are answered"
}
load() {
	"$build/bench/load/load" -p "$port" -s "$each" "$@"
	echo
}
start
load -c 64
load -c 64 -r "${RATE:-30000}"
load -c 64 -r 20000
load -c 4 -b 1000
echo "killed     kill -9, then started again"
kill -9 $pid
wait $pid 2>/dev/null || true
start
kill $pid
wait $pid || true
echo "stopped    SIGTERM takes a snapshot; started again from it"
start
kill $pid
wait $pid || true
pid=
du -sh "$dir/d/journal" "$dir/d/snapshot" | sed "s|$dir/d/||; s/^/size       /"
from=$(date +%s%N)
"$build/src/app/duanka" replay --data "$dir/d" --out "$dir/again" 2>"$dir/err"
took=$((($(date +%s%N) - from) / 1000000))
awk -v ms="$took" '{ printf "replay     %s, %.2f M events/s\n", $0, $4 / ms / 1000 }' "$dir/err"
cat "$dir"/d/alerts/*.ndjson | cmp - "$dir/again" && echo "replay     gives the same alerts byte for byte"
