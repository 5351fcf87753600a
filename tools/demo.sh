#!/bin/sh
# demo.sh DIR: makes a sample day with DIR/src/app/duanka-sample-day and runs the detector over it.
set -eu
cd "$(dirname "$0")/.."
build=$1/src/app
[ -x "$build/duanka" ] && [ -x "$build/duanka-sample-day" ] || {
	echo "demo: $build/duanka or $build/duanka-sample-day is not built" >&2
	exit 1
}
day=$1/demo
mkdir -p "$day"
"$build/duanka-sample-day" "$day"
status=0
"$build/duanka" detect --policy policy/ "$day"/calls.csv "$day"/sms.ndjson "$day"/transfers.csv -o "$day"/alerts.ndjson ||
	status=$?
# 2 means that some records were quarantined: the sample day holds a few bad ones on purpose.
[ "$status" = 0 ] || [ "$status" = 2 ] || exit "$status"
