#!/bin/sh
# recovery.sh BUILD: how long a start takes on a journal of N events (5,000,000) with a snapshot BEHIND events (N / 100) before its end; then
# without the snapshot, if ALL=yes. N=100000000 wants 12 GiB of disk and a while to be made.
set -eu
build=$1
n=${N:-5000000}
behind=${BEHIND:-$((n / 100))}
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/recovery.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
mkfifo "$dir/said"

start() {
	from=$(date +%s%N)
	"$build/src/app/duanka" serve --data "$dir/d" --policy "$root/policy" --anonymous --listen 127.0.0.1:0 2>"$dir/said" &
	pid=$!
	while IFS= read -r line; do
		case $line in
		*records*) echo "found      ${line##*: }" ;;
		*"listening on"*) break ;;
		esac
	done <"$dir/said"
	echo "start      $((($(date +%s%N) - from) / 1000000)) ms until requests are answered"
	kill -9 $pid
	wait $pid 2>/dev/null || true
	pid=
}
from=$(date +%s%N)
"$build/bench/recovery" "$dir/d" "$root/policy" "$n" "$behind" 2>/dev/null
echo "made       $n events in $((($(date +%s%N) - from) / 1000000)) ms, $(du -sh "$dir/d/journal" | cut -f1) of journal, $(du -sh "$dir/d/snapshot" | cut -f1) of snapshot $behind events before the end"
sync
if [ -w /proc/sys/vm/drop_caches ] && echo 3 >/proc/sys/vm/drop_caches 2>/dev/null; then
	echo "cache      emptied"
else
	echo "cache      warm: the system does not let us empty it"
fi
start
if [ "${ALL:-no}" = yes ]; then
	rm -r "$dir/d/snapshot"
	start
fi
