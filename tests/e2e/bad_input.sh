# bad_input.sh - each kind of bad record ends in quarantine with its reason, and the good ones beside it count.
. "$SOURCE_DIR/tests/e2e/lib.sh"

good='2026-03-02 08:00:00,13800000001,13900000002,30'
try() { # try REASON BAD-RECORD (printf format): one good record before, one after
	{
		printf 'time,caller,callee,talk\n%s\n' "$good"
		# shellcheck disable=SC2059
		printf "$2\n"
		printf '2026-03-02 08:00:09,13800000001,13900000003,30\n'
	} >in.csv
	expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q in.csv
	adds_up out
	[ "$accepted_n" = 2 ] || fail "$1: $accepted_n accepted instead of 2"
	[ "$(wc -l <q)" = 1 ] || fail "$1: not one record in quarantine"
	grep -q "\"line\":3,.*\"reason\":\"$1\"" q || {
		cat q >&2
		fail "expected reason $1"
	}
}
try columns '2026-03-02 08:00:01,13800000001,13900000002'
try columns '2026-03-02 08:00:01,13800000001,13900000002,30,extra'
try time '2026-02-30 08:00:01,13800000001,13900000002,30'
try time 'yesterday,13800000001,13900000002,30'
try time_range '1970-01-01 08:00:01,13800000001,13900000002,30'
try negative '2026-03-02 08:00:01,13800000001,13900000002,-30'
try range '2026-03-02 08:00:01,13800000001,13900000002,999999999999'
try identifier '2026-03-02 08:00:01,not-a-number!,13900000002,30'
try identifier '2026-03-02 08:00:01,138001380001380013800,13900000002,30' # no number has 21 digits
try encoding '2026-03-02 08:00:01,\377\376,13900000002,30'
try nul '2026-03-02 08:00:01,138\00000000001,13900000002,30'
try late '2026-03-02 07:00:00,13800000001,13900000002,30'

# amounts
{
	printf 'time,payer,payee,amount\n2026-03-02 08:00:00,6222020000546794736,6228480000599527047,1.00\n'
	for amount in 1.001 1e3 99999999999999999999 '"1,000.00"' '' 0x14; do
		printf '2026-03-02 08:00:01,6222020000546794736,6228480000599527047,%s\n' "$amount"
	done
} >money.csv
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q money.csv
adds_up out
[ "$accepted_n" = 1 ] && [ "$quarantined_n" = 6 ] || fail "amounts: $accepted_n accepted, $quarantined_n quarantined"

# JSON
{
	printf '{"event":"sms","time":"2026-03-02T08:00:00+08:00","sender":"13800000001","receiver":"13900000002","body":"\\u4f60\\u597d"}\n'
	printf '{"event":"sms","time":"2026-03-02T08:00:00+08:00","sender":"13800000001"\n'
	printf '{"event":"sms","event":"call"}\n'
	printf '{"event":"sms","time":"2026-03-02T08:00:00+08:00","sender":"13800000001","receiver":"13900000002","body":{"deep":[1]}}\n'
	printf '{"event":"nothing","time":"2026-03-02T08:00:00+08:00"}\n'
	printf '[]\n\n'
	printf '{"event":"sms","time":"2026-03-02T08:00:01+08:00","sender":"13800000001","receiver":"13900000002","body":"\\ud800"}\n'
} >in.ndjson
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q in.ndjson
adds_up out
[ "$accepted_n" = 1 ] || fail "JSON: $accepted_n accepted instead of 1"

# a byte order mark and CRLF are no errors
printf '\357\273\277time,caller,callee,talk\r\n%s\r\n' "$good" >bom.csv
expect 0 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q bom.csv
[ "$(count out accepted)" = 1 ] || fail "a byte order mark or CRLF is taken as an error"

# one line of 64 MB: its beginning is kept, what comes after it is read
{
	printf 'time,caller,callee,talk\n'
	head -c 64000000 /dev/zero | tr '\0' 'x'
	printf '\n%s\n' "$good"
} >long.csv
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q long.csv
adds_up out
[ "$accepted_n" = 1 ] && [ "$quarantined_n" = 1 ] || fail "a long line"
grep -q '"reason":"too_long"' q || fail "a long line has another reason"
[ "$(wc -c <q)" -lt 100000 ] || fail "the whole long line is in quarantine"

# random bytes, and a packed file that ends early
head -c 200000 /dev/urandom >random.csv
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q random.csv
{
	printf 'time,caller,callee,talk\n'
	i=0
	while [ $i -lt 2000 ]; do
		printf '2026-03-02 08:00:00,1380000%04d,13900000002,30\n' $i
		i=$((i + 1))
	done
} | gzip >whole.csv.gz
head -c 5000 whole.csv.gz >cut.csv.gz
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q cut.csv.gz
adds_up out
[ "$accepted_n" -gt 100 ] || fail "the good part of a damaged file is lost"
grep -q '"reason":"truncated"' q || fail "a damaged file is not told"
# one record from the year 2099 does not make the rest late
{
	printf 'time,caller,callee,talk\n%s\n' "$good"
	printf '2099-03-02 08:00:01,13800000001,13900000002,30\n'
	printf '2026-03-02 08:00:02,13800000001,13900000002,30\n2026-03-02 08:00:03,13800000001,13900000002,30\n'
} >jump.csv
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en --quarantine q jump.csv
[ "$(count out accepted)" = 3 ] || fail "one wrong year makes the rest late"
