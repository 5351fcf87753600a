#!/bin/sh
# policies.sh BUILD: what a policy that is made ready in the background costs decisions. A history is sent in, then decide is measured in turns, without and with a
# replay at work (a backtest: two of them, one after the other), in closed loop and at a fixed rate; at last a policy is put in force under load.
# HISTORY_SECONDS=20, SECONDS_EACH=10, ROUNDS=3, RATE=10000.
set -eu
build=$1
each=${SECONDS_EACH:-10}
rounds=${ROUNDS:-3}
rate=${RATE:-10000}
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/policies.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
mkfifo "$dir/said"

"$build/src/app/duanka" serve --data "$dir/d" --policy "$root/policy" --anonymous --listen 127.0.0.1:0 2>"$dir/said" &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <"$dir/said"
port=${line##*:}
url=http://127.0.0.1:$port

files() {
	printf '"files":['
	comma=
	for f in "$root"/policy/*.dk; do
		printf '%s{"path":"policy/%s","text":"' "$comma" "${f##*/}"
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$(printf '\t')/\\\\t/g" -e 's/$/\\n/' "$f" | tr -d '\n'
		printf '"}'
		comma=,
	done
	printf ']'
}
job() { # job PATH: starts one; its number
	{
		printf '{"why":"bench",'
		files
		printf '}'
	} | curl -s --data-binary @- "$url$1" | sed -n 's/{"job":"\([0-9]*\)"}/\1/p'
}
state() { curl -s "$url/v1/jobs/$1" | sed 's/.*"state":"\([a-z]*\)".*"progress":\([0-9.]*\).*/\1 \2/'; }
load() { # load WHAT options: one line
	what=$1
	shift
	"$build/bench/load/load" -p "$port" -s "$each" "$@" >"$dir/load"
	figures "$what"
}
figures() { # figures WHAT: the line of ./load
	printf '%-34s %s; %s\n' "$1" "$(sed -n 's/^rate *//p' "$dir/load" | sed 's/,.*//')" "$(sed -n 's/^latency *//p' "$dir/load")"
}

"$build/bench/load/load" -p "$port" -s "${HISTORY_SECONDS:-20}" -c 4 -b 1000
echo "history: $(curl -s "$url/v1/ready" | sed 's/.*"next":\([0-9]*\).*/\1/') records"
uname -srm
i=0
while [ $i -lt "$rounds" ]; do
	i=$((i + 1))
	load "closed loop, alone" -c 64
	load "$rate/s, alone" -c 64 -r "$rate"
	id=$(job /v1/backtests)
	load "closed loop, replay beside" -c 64
	load "$rate/s, replay beside" -c 64 -r "$rate"
	echo "the replay is $(state "$id")"
	curl -s -X DELETE "$url/v1/jobs/$id" >/dev/null
done
from=$(date +%s%N)
id=$(job /v1/policies)
"$build/bench/load/load" -p "$port" -s "$each" -c 64 -r "$rate" >"$dir/load" &
load_pid=$!
while case $(state "$id") in running* | waiting*) true ;; *) false ;; esac do :; done
echo "policy in force after $((($(date +%s%N) - from) / 1000000)) ms beside $rate decisions a second: $(curl -s "$url/v1/jobs/$id" | sed 's/.*"state"/"state"/')"
wait $load_pid
figures "$rate/s, with the change in it"
