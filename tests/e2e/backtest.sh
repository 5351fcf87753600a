#!/bin/sh
# Two policies over the same day: what differs is told, by rule and one by one; what does not, is not.
. "$(dirname "$0")/lib.sh"
day=$work/day
"$SAMPLE_DAY" --people 2000 -o "$day" >/dev/null
a=$work/a
b=$work/b
mkdir -p "$a" "$b" "$work/lists"
cp "$SOURCE_DIR/policy/00-schema.dk" "$a/"
cp "$SOURCE_DIR/policy/00-schema.dk" "$b/"
cat >"$a/rules.dk" <<'R'
rule many on call about caller
  when count(call by caller over 1h) >= 8
  then alert yellow, score 10, propose verify(caller) basis "test"
  every 1d
  because en "{count(call by caller over 1h)} calls"
rule large on transfer about payer
  when amount >= 50000 yuan
  then alert red, score 20
  because en "{amount}"
R
sed -e 's/>= 8/>= 32/' -e 's/alert red, score 20/alert red, score 30/' "$a/rules.dk" >"$b/rules.dk"
files="$day/calls.csv $day/transfers.csv"

# shellcheck disable=SC2086 # two words are meant
run() { # run NAME ARGUMENTS: status in $status, output in $work/NAME
	name=$1
	shift
	status=0
	"$DUANKA" backtest --lang en --no-progress "$@" >"$work/$name" 2>"$work/$name.err" || status=$?
}
# shellcheck disable=SC2086
run same --policy "$a" --against "$a" $files
[ "$status" = 2 ] || fail "the sample day has bad records: exit 2, not $status"
grep -q '^same [1-9][0-9]*, changed 0, gained 0, lost 0$' "$work/same" || fail "equal policies differ: $(sed -n 1,4p "$work/same")"

# shellcheck disable=SC2086
run ab --policy "$a" --against "$b" --show 2 -o "$work/ab.ndjson" $files
[ "$status" = 2 ] || fail "exit $status"
# What detect finds by itself is what backtest counts.
for side in a b; do
	"$DUANKA" detect --policy "$work/$side" --no-progress -o "$work/$side.ndjson" --quarantine /dev/null $files >/dev/null 2>&1 || :
	for rule in many large; do
		grep -c "\"rule\":\"$rule\"" "$work/$side.ndjson" >"$work/n.$side.$rule" || :
	done
done
many_a=$(cat "$work/n.a.many")
many_b=$(cat "$work/n.b.many")
large=$(cat "$work/n.a.large")
[ "$many_a" -gt "$many_b" ] && [ "$large" -gt 0 ] || fail "the example shows nothing: $many_a $many_b $large"
grep -Eq "^large +$large +$large +0 +$large +0 +0\$" "$work/ab" || fail "all $large alerts of large changed their score: $(grep '^large' "$work/ab")"
grep -Eq "^many +$many_a +$many_b " "$work/ab" || fail "many: $many_a and $many_b: $(grep '^many' "$work/ab")"
gained=$(grep -c '"change":"gained"' "$work/ab.ndjson" || :)
lost=$(grep -c '"change":"lost"' "$work/ab.ndjson" || :)
[ $((many_b - many_a)) = $((gained - lost)) ] || fail "gained $gained less lost $lost is not $many_b less $many_a"
grep -q "^same 0, changed $large, gained $gained, lost $lost\$" "$work/ab" || grep -q "changed $large, gained $gained, lost $lost\$" "$work/ab" ||
	fail "the counts of the report and of the file differ"
head -n 1 "$work/ab.ndjson" | grep -q '"duanka":"backtest/1"' || fail "no header"
! grep -q '"plain"' "$work/ab.ndjson" || fail "identifiers are masked"

# The order of the files means nothing; the other way round gained and lost change places.
run swapped --policy "$a" --against "$b" --show 2 -o "$work/swapped.ndjson" "$day/transfers.csv" "$day/calls.csv"
cmp -s "$work/ab.ndjson" "$work/swapped.ndjson" || fail "the order of the files changes the outcome"
# shellcheck disable=SC2086
run ba --policy "$b" --against "$a" $files
grep -q "changed $large, gained $lost, lost $gained\$" "$work/ba" || fail "the other way round: $(sed -n 4p "$work/ba")"

# Mistakes.
echo 'rule broken' >"$b/broken.dk"
# shellcheck disable=SC2086
run broken --policy "$a" --against "$b" $files
[ "$status" = 1 ] && grep -q 'broken.dk:' "$work/broken.err" || fail "a policy that cannot be read: exit $status"
run none --policy "$a" $files
[ "$status" = 1 ] && grep -q -- '--against' "$work/none.err" || fail "no second policy: exit $status"
run stdin --policy "$a" --against "$a" -
[ "$status" = 1 ] && grep -q 'twice' "$work/stdin.err" || fail "standard input can be read only once"
run truth --policy "$a" --against "$a" --truth "$day/truth.csv" "$day/transfers.csv"
[ "$status" = 1 ] || fail "a truth of another form: exit $status"
