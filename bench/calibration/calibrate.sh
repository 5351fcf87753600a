#!/bin/sh
# calibrate.sh BUILD [DIR]: simulates a city in DIR (a new temporary folder that is removed again, if not given) and sets it
# beside the real set's statistics: the report on standard output, the figure in BUILD/calibration.svg. Exit status 1: a
# bound is broken. SEED, PEOPLE and DAYS may come from the environment; 244 days are what the real set covers.
set -eu
options="--people ${PEOPLE:-12000} --days ${DAYS:-244} --history 1 --seed ${SEED:-1} --crime-rate 80 --only calls,sms"
build=$1
DUANKA=${DUANKA:-$build/src/app/duanka}
if [ $# -gt 1 ]; then
	dir=$2
else
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 130' INT TERM
fi
# shellcheck disable=SC2086 # one word an option is meant
"$DUANKA" simulate city $options -o "$dir" >&2
"$build/bench/calibration/calibration" "$dir" --markdown --svg "$build/calibration.svg" --check
