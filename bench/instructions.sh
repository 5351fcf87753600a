#!/bin/sh
# instructions.sh BUILD: instructions an event of the engine, counted by callgrind over N and 2N events: the figure that does not
# depend on what else the machine is doing.
set -eu
cd "$(dirname "$0")/.."
count() { # count POLICY EVENTS
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$1" 100000 "$2" 2>&1 |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
bench=$1/bench/bench_engine
for policy in policy "$1/bench/calls"; do
	a=$(count "$policy" 64000)
	b=$(count "$policy" 128000)
	echo "$policy: $(((b - a) / 64000)) instructions an event, traffic included"
done
