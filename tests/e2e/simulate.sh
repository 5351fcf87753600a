#!/bin/sh
# A small city from the command line: options, mistakes, the stream, interruption, and the way through detect and score.
. "$(dirname "$0")/lib.sh"
city="$DUANKA simulate city --no-progress --people 3000 --days 1 --history 5 --crime-rate 4000"

expect 0 "$DUANKA" simulate --help
expect 1 "$DUANKA" simulate
says err "say what"
expect 1 "$DUANKA" simulate village -o x
says err "city"
expect 1 $city
says err "either -o DIR or --stream"
expect 1 $city -o x --difficulty harsh
says err "easy, medium or hard"
expect 1 $city -o x --start 2026-02-30
says err "--start is a date"
expect 1 $city -o x --only calls,letters
says err "letters"
expect 1 $city -o x --policy-mix absent.scene
says err "absent.scene"
printf 'scam x "y"\n  pay lots\n' >bad.scene
expect 1 $city -o x --policy-mix bad.scene
says err "bad.scene:2:"
[ ! -e x ] || fail "a folder was made in spite of a mistake"

# The same options give the same bytes; so does the built-in scenario file from a file.
expect 0 $city -o one
expect 0 "$DUANKA" simulate --print-mix
cp out city.scene
expect 0 $city -o two --policy-mix city.scene
for f in one/*; do
	cmp -s "$f" "two/${f#one/}" || fail "$f differs"
done
# ... on every machine and with every compiler. Whoever changes the city or its scenarios changes this number.
known="2573900689 7626530"
[ "$(LC_ALL=C cat one/* | cksum)" = "$known" ] || fail "the city is another one than it was: $(LC_ALL=C cat one/* | cksum), not $known"
expect 0 $city -o three --seed 2
! cmp -s one/calls.csv three/calls.csv || fail "another seed gives the same city"
expect 0 $city -o four --only calls,cash
[ "$(wc -l <four/sms.ndjson)" = 0 ] || fail "--only writes the others, too"
cmp -s one/calls.csv four/calls.csv || fail "--only changes what happens"

# Through detect and score: nothing is quarantined, somebody is found.
cd one
expect 0 "$DUANKA" detect --policy "$policy" --lists . --no-progress -o alerts.ndjson calls.csv sms.ndjson data_use.csv \
	transfers.csv cash.csv openings.csv binds.csv logins.csv reports.csv places.csv
read_n=$(sed -n 's/^ *\([0-9,]*\)  records read$/\1/p' out | tr -d ,)
expect 0 "$DUANKA" score --format json alerts.ndjson truth.csv
grep -Eq '"accused_within_30min":\{"hit":[1-9]' out || fail "no card was found: $(head -c 600 out)"
cd ..

# The stream is the same events in order.
$city --stream >stream.ndjson
[ "$(wc -l <stream.ndjson)" = "$read_n" ] || fail "the stream has $(wc -l <stream.ndjson) events, the files $read_n"
expect 0 "$DUANKA" detect --policy "$policy" --no-progress -o s.ndjson stream.ndjson
sed -n 's/.*"time":"\([^"]*\)".*/\1/p' stream.ndjson >times
sort -c times || fail "the stream is not in order of time"
$city --stream --speed 1000000 >fast.ndjson
cmp -s stream.ndjson fast.ndjson || fail "the stream's speed changes its bytes"

# By the clock: of a city of long ago all is past and comes at once; one that begins tomorrow waits, and a signal ends the wait.
expect 1 $city --stream --live --speed 2
says err "--speed or --live"
$city --stream --live --start 2026-03-02 >live.ndjson
cmp -s stream.ndjson live.ndjson || fail "the clock changes the bytes of the stream"
"$DUANKA" simulate city --no-progress --people 1000 --days 2 --history 1 --stream --live --start 2089-01-01 >later.ndjson &
pid=$!
while kill -TERM "$pid" 2>/dev/null; do :; done
status=0
wait "$pid" || status=$?
[ "$status" = 143 ] || fail "interrupted while it waits: exit status $status"
[ ! -s later.ndjson ] || [ -z "$(tail -c 1 later.ndjson)" ] || fail "the stream does not end with a whole line"

# Interrupted: whole lines only.
"$DUANKA" simulate city --no-progress --people 20000 --days 3000 -o long >/dev/null 2>&1 &
pid=$!
while [ ! -s long/calls.csv ]; do
	kill -0 "$pid" 2>/dev/null || fail "the long run ended by itself"
done
kill -INT "$pid"
status=0
wait "$pid" || status=$?
[ "$status" = 130 ] || fail "interrupted: exit status $status"
for f in long/calls.csv long/sms.ndjson long/transfers.csv long/truth.csv; do
	[ -z "$(tail -c 1 "$f")" ] || fail "$f does not end with a whole line"
done
