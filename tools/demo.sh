#!/bin/sh
# demo.sh DIR: makes a sample day with DIR/src/app/duanka-sample-day, runs the detector over it, explains one alert.
set -eu
cd "$(dirname "$0")/.."
build=$1/src/app
[ -x "$build/duanka" ] && [ -x "$build/duanka-sample-day" ] || {
	echo "demo: $build/duanka or $build/duanka-sample-day is not built" >&2
	exit 1
}
day=$1/demo
mkdir -p "$day"
# A token key for the demo alone; duanka itself makes one in ~/.local/state/duanka at first use.
[ -s "$day/token.key" ] || (umask 077 && head -c 16 /dev/urandom >"$day/token.key")
DUANKA_KEY_FILE=$day/token.key
export DUANKA_KEY_FILE

echo "A sample day of a small city / 一个小城市的样例日:"
"$build/duanka-sample-day" -o "$day"
echo
set -- "$day/calls.csv" "$day/sms.ndjson" "$day/transfers.csv" "$day/cash.csv" "$day/openings.csv" "$day/binds.csv"
echo "\$ duanka detect --policy policy/ $* -o $day/alerts.ndjson"
status=0
"$build/duanka" detect --policy policy/ "$@" -o "$day/alerts.ndjson" || status=$?
# 2 means that some records were quarantined: the sample day holds a few bad ones on purpose.
[ "$status" = 0 ] || [ "$status" = 2 ] || exit "$status"

# One alert to look at: the last purple or red one whose call came before the money.
id=$(sed -n 's/^{"id":"\([0-9]*\.coached_transfer\)".*/\1/p' "$day/alerts.ndjson" | tail -n 1)
[ -n "$id" ] || id=$(sed -n 's/^{"id":"\([^"]*\)".*"severity":"red".*/\1/p' "$day/alerts.ndjson" | head -n 1)
if [ -n "$id" ]; then
	echo
	echo "\$ duanka explain $id $day/alerts.ndjson"
	"$build/duanka" explain "$id" "$day/alerts.ndjson"
fi
cat <<EOF

Next / 接下来:
  $build/duanka policy check policy/      the rules and what they cost / 规则及其开销
  $build/duanka policy test policy/       the tests beside them / 规则旁的测试
  $build/duanka detect --help             your own files / 您自己的文件
  doc/policy-language.md                  a first rule in ten minutes / 十分钟写出第一条规则
EOF
