#!/bin/sh
# demo.sh DIR: simulates a day of a city with DIR/src/app/duanka, runs the detector over it, scores the alerts against the truth,
# explains one. Also writes the small sample day on which the examples in the documents run. At the end a live city: demo_live.sh.
set -eu
cd "$(dirname "$0")/.."
build=$1/src/app
[ -x "$build/duanka" ] && [ -x "$build/duanka-sample-day" ] || {
	echo "demo: $build/duanka or $build/duanka-sample-day is not built" >&2
	exit 1
}
day=$1/demo
city=$1/city
mkdir -p "$day" "$city"
# A token key for the demo alone; duanka itself makes one in ~/.local/state/duanka at first use.
[ -s "$day/token.key" ] || (umask 077 && head -c 16 /dev/urandom >"$day/token.key")
DUANKA_KEY_FILE=$day/token.key
export DUANKA_KEY_FILE
"$build/duanka-sample-day" -o "$day" >/dev/null

echo "A day of a simulated city, ten times the true rate of crime / 模拟城市的一天（犯罪率为真实水平的十倍）:"
echo "\$ duanka simulate city --people 130000 --days 1 --history 30 --crime-rate 1000 -o $city"
"$build/duanka" simulate city --people 130000 --days 1 --history 30 --crime-rate 1000 -o "$city"
echo
set -- "$city/calls.csv" "$city/sms.ndjson" "$city/data_use.csv" "$city/transfers.csv" "$city/cash.csv" \
	"$city/openings.csv" "$city/binds.csv" "$city/logins.csv" "$city/reports.csv" "$city/places.csv"
echo "\$ duanka detect --policy policy/ --lists $city $city/*.csv $city/sms.ndjson -o $city/alerts.ndjson"
status=0
"$build/duanka" detect --policy policy/ --lists "$city" "$@" -o "$city/alerts.ndjson" || status=$?
[ "$status" = 0 ] || [ "$status" = 2 ] || exit "$status"

echo
echo "\$ duanka score $city/alerts.ndjson $city/truth.csv        # the first part / 前几行"
"$build/duanka" score "$city/alerts.ndjson" "$city/truth.csv" >"$city/score.txt"
sed -n '1,14p' "$city/score.txt"
echo "..."

# One alert to look at: a transfer that a call from abroad came before, or else a red one.
id=$(sed -n 's/^{"id":"\([0-9]*\.coached_transfer\)".*/\1/p' "$city/alerts.ndjson" | tail -n 1)
[ -n "$id" ] || id=$(sed -n 's/^{"id":"\([^"]*\)".*"severity":"red".*/\1/p' "$city/alerts.ndjson" | head -n 1)
if [ -n "$id" ]; then
	echo
	echo "\$ duanka explain $id $city/alerts.ndjson"
	"$build/duanka" explain "$id" "$city/alerts.ndjson"
fi
echo
echo "A day with a staffed desk in a small city, the first part / 有坐席值班的一天，前几行:"
echo "\$ duanka simulate desk --people 5000 --crime-rate 8000"
"$build/duanka" simulate desk --people 5000 --crime-rate 8000 --no-progress >"$city/desk.txt"
sed -n '1,14p' "$city/desk.txt"
echo "..."

cat <<EOF

Next / 接下来:
  $build/duanka policy check policy/      the rules and what they cost / 规则及其开销
  $build/duanka policy test policy/       the tests beside them / 规则旁的测试
  $build/duanka backtest --help           two policies side by side / 两套策略对比
  $build/duanka detect --help             your own files / 您自己的文件
  doc/policy-language.md                  a first rule in ten minutes / 十分钟写出第一条规则
  $build/duanka simulate desk             a whole day of the desk: doc/desk-day.md / 完整值班日
  doc/scenarios.md                        a crime of your own in the city / 自编犯罪场景
EOF

unset DUANKA_KEY_FILE
echo
exec sh tools/demo_live.sh "${build%/src/app}"
