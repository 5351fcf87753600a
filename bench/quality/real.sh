#!/bin/sh
# real.sh [BUILD]: how well fraud is found on real and published data, as Markdown on standard output. The data is not part of
# the project: DUANKA_DATA names its folder. Where a set lacks, one line says so and the rest goes on.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
data=${DUANKA_DATA:-../shared/data}
duanka=$build/src/app/duanka
quality=$build/bench/quality
here=bench/quality
[ -d "$data" ] || { echo "skipped: no data at $data (DUANKA_DATA names its folder)"; exit 0; }
[ -x "$duanka" ] && [ -x "$quality/quality_sichuan" ] || { echo "real.sh: build first: make build" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(umask 077 && head -c 16 /dev/zero >"$work/key")

detect() { # detect POLICY ALERTS more...: quarantined records (2) are no failure here
	policy=$1
	alerts=$2
	shift 2
	"$duanka" detect --policy "$policy" --key "$work/key" --reveal --no-progress --lang en -o "$alerts" \
		--quarantine "$work/quarantine.ndjson" "$@" >"$work/summary" || [ $? = 2 ] || { cat "$work/summary" >&2; exit 1; }
}

"$quality/quality_sichuan" "$data"
echo

transfers=$data/s_ffsd/transfers.csv
if [ -f "$transfers" ]; then
	detect policy "$work/bank.ndjson" --as map:mappings/examples/s_ffsd.map "$transfers"
	detect $here/s_ffsd-policy "$work/none.ndjson" --features "$work/payments.ndjson" \
		--as map:$here/s_ffsd-policy/s_ffsd.map "$transfers"
fi
"$quality/quality_s_ffsd" "$data" "$work/bank.ndjson" "$work/payments.ndjson"
rm -f "$work/payments.ndjson"
echo

if [ -f "$data/ftc_dnc/base_2025-10-28.csv" ]; then
	"$quality/quality_dnc" --events "$data" >"$work/complaints.csv"
	detect $here/dnc-policy "$work/none.ndjson" --features "$work/calls.ndjson" --as map:$here/dnc-policy/dnc.map \
		"$work/complaints.csv"
fi
"$quality/quality_dnc" "$data" "$work/calls.ndjson"
echo

# Without `every`, so that each text that a rule holds for is counted.
mkdir "$work/policy" && cp -r policy/lists "$work/policy/"
for file in policy/*.dk; do
	case $file in *-test.dk) continue ;; esac
	sed "/^  every [0-9]/d" "$file" >"$work/policy/${file##*/}"
done
for mode in alone one ring; do
	[ -f "$data/spam_messages_lr/train.txt" ] || continue
	"$quality/quality_sms" --events $mode "$data" >"$work/sms.ndjson"
	detect "$work/policy" "$work/sms-$mode.ndjson" "$work/sms.ndjson"
done
"$quality/quality_sms" "$data" "alone=$work/sms-alone.ndjson" "one=$work/sms-one.ndjson" "ring=$work/sms-ring.ndjson"
