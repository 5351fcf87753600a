#!/bin/sh
# detect.sh BUILD: `duanka detect` end to end, from a CSV file of calls and from the whole sample city; median of five runs.
set -eu
cd "$(dirname "$0")/.."
bin=$1/src/app
day=$1/bench-day
mkdir -p "$day"
[ -f "$day/calls.csv" ] || "$bin/duanka-sample-day" --people 200000 --clean -o "$day" >/dev/null
[ -s "$day/key" ] || (umask 077 && head -c 16 /dev/zero >"$day/key")
median() { # median NAME files...
	name=$1
	shift
	for i in 1 2 3 4 5; do
		"$bin/duanka" detect -p policy --key "$day/key" --no-progress --lang en -o /dev/null --quarantine /dev/null "$@" |
			sed -n 's/^time .* s, \([0-9,]*\) records.*/\1/p' | tr -d ,
	done | sort -n | sed -n 3p | awk -v name="$name" '{ printf "%s: %d records/s\n", name, $1 }'
}
grep -m 1 "model name" /proc/cpuinfo | sed "s/.*: /machine: /; s/$/, $(nproc) cores/"
echo "work: sample city of 200,000 people, shipped rules, alerts to /dev/null, median of five"
median "calls.csv ($(wc -l <"$day/calls.csv") lines)" "$day/calls.csv"
median "all six files" "$day/calls.csv" "$day/sms.ndjson" "$day/transfers.csv" "$day/cash.csv" "$day/openings.csv" "$day/binds.csv"
