# detect.sh - the sample day through the shipped rules: the same bytes however it is cut, packed and ordered.
. "$SOURCE_DIR/tests/e2e/lib.sh"
"$SAMPLE_DAY" --people 2000 -o day >/dev/null
cd day
files="calls.csv sms.ndjson transfers.csv cash.csv openings.csv binds.csv"

run() { # run NAME options and files...
	name=$1
	shift
	expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en -o "$name.ndjson" --quarantine "$name.q" "$@"
	cp out "$name.txt"
	adds_up "$name.txt"
}

same() { # same NAME: alerts and quarantine as in the first run
	cmp first.ndjson "$1.ndjson" || fail "$1: other alerts"
	cmp first.q "$1.q" || fail "$1: another quarantine"
}

# shellcheck disable=SC2086
run first $files
[ "$(wc -l <first.q)" = "$quarantined_n" ] || fail "the quarantine file does not hold every bad record"
[ "$(wc -l <first.ndjson)" -gt 50 ] || fail "hardly any alerts"
[ "$(($(wc -l <first.ndjson) - 1))" = "$(count first.txt alerts)" ] || fail "alerts written and alerts counted differ"
for batch in 1 7 64; do
	# shellcheck disable=SC2086
	run "b$batch" --batch $batch $files
	same "b$batch"
done
for decoders in 2 4; do
	# shellcheck disable=SC2086
	run "d$decoders" --decoders $decoders $files
	same "d$decoders"
done
run order binds.csv openings.csv cash.csv transfers.csv sms.ndjson calls.csv
same order
grep -q '"1[3-9][0-9]\{9\}"' first.ndjson && fail "a plain mobile number stands in the alerts"

# Packed or piped, the records are the same; only the name of the source differs.
strip() { sed -e 's/"source":"[^"]*"//' -e 's/"offset":[0-9]*//' "$1"; }
run plain calls.csv
gzip -k calls.csv
run packed calls.csv.gz
strip plain.ndjson >a && strip packed.ndjson >b && cmp a b || fail "gzip: other alerts"
if command -v zstd >/dev/null 2>&1; then
	zstd -q calls.csv
	run zst calls.csv.zst
	strip zst.ndjson >b && cmp a b || fail "zstd: other alerts"
fi
got=0
cat calls.csv | "$DUANKA" detect -p "$policy" --no-progress --lang en -o pipe.ndjson --quarantine pipe.q - >pipe.txt || got=$?
[ "$got" = 2 ] || fail "a pipe: exit status $got"
strip pipe.ndjson >b && cmp a b || fail "standard input: other alerts"

# Every alert can be explained from the file alone, in both languages; an unknown one says so.
sed -n 's/^{"id":"\([^"]*\)".*/\1/p' first.ndjson | awk 'NR % 25 == 1' >ids
while read -r id; do
	for lang in en zh; do
		expect 0 "$DUANKA" explain "$id" first.ndjson --lang $lang
		says out "$id"
	done
	expect 0 "$DUANKA" explain "$id" first.ndjson --lang en
	says out "The rule as written"
	says out "What it compared"
	says out "holds"
done <ids
expect 1 "$DUANKA" explain 1.no_such_rule first.ndjson
one_line err
# --reveal shows plain numbers, and only then
# shellcheck disable=SC2086
run reveal --reveal $files
grep -q '"plain":"1[3-9][0-9]\{9\}"' reveal.ndjson || fail "--reveal shows no plain number"
# the alerts on standard output leave the summary to standard error
expect 2 "$DUANKA" detect -p "$policy" --no-progress --lang en -o - --quarantine q calls.csv
head -n 1 out | grep -q '^{"duanka":"alerts/1"' || fail "-o -: no alerts on standard output"
says err "records read"
# shadow and live, features
mkdir tiny
cp "$policy/00-schema.dk" tiny/
printf 'feature talks on call = count(call by caller over 1h)\n' >tiny/f.dk
expect 2 "$DUANKA" detect -p tiny --no-progress --features f.ndjson --quarantine q calls.csv
grep -q '"talks":' f.ndjson || fail "no features"

# The city's own lists stand for the policy's of the same file name, and only those.
mkdir -p lp/lists own
cp "$policy/00-schema.dk" lp/
printf 'list "a" of phone from "lists/a.csv"\nlist "b" of phone from "lists/b.csv"\nrule in_a on call about caller when caller in list "a" then alert red, score 1 because en "a"\nrule in_b on call about caller when caller in list "b" then alert red, score 1 because en "b"\n' >lp/x.dk
printf 'value,until,note\n13705320001,2099-12-31,x\n' >lp/lists/a.csv
cp lp/lists/a.csv lp/lists/b.csv
printf 'value,until,note\n13705320002,2099-12-31,x\n' >own/a.csv
printf 'time,caller,callee,talk\n2026-03-02T10:00:00+08:00,13705320001,13895330001,10\n' >one.csv
expect 0 "$DUANKA" detect --policy lp --no-progress -o two.ndjson one.csv
[ "$(grep -c '"rule":"in_' two.ndjson)" = 2 ] || fail "both lists hold the caller"
expect 0 "$DUANKA" detect --policy lp --lists own --no-progress -o two.ndjson one.csv
[ "$(grep -c '"rule":"in_a"' two.ndjson || :)" = 0 ] || fail "--lists does not replace the policy's list"
[ "$(grep -c '"rule":"in_b"' two.ndjson)" = 1 ] || fail "--lists takes away a list it does not have"
