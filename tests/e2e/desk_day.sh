# desk_day.sh - a day of the desk from the command line: the report that the manual prints, the same city without a desk, mistakes, interruption, and what is kept.
# After a change of city, policies or habits: sh tests/e2e/desk_day.sh --renew writes the manual's report anew (DUANKA and SOURCE_DIR set).
. "$SOURCE_DIR/tests/e2e/lib.sh"
manual=$SOURCE_DIR/doc/desk-day.md
cd "$SOURCE_DIR" # for policy/
desk="$DUANKA simulate desk --no-progress"
small="$desk --people 1500 --crime-rate 20000 --set districts=2"

block() { # block FIRST: the fenced block of the manual that begins with this line, without it
	awk -v first="$1" '/^```/ { inside = !inside; on = 0; next } inside && $0 == first { on = 1; next } inside && on' "$manual"
}
command='$ duanka simulate desk --lang en'
if [ "${1:-}" = --renew ]; then
	$desk --lang en >"$work/report"
	$DUANKA simulate desk --print-assumptions >"$work/assumptions"
	awk -v first="$command" -v report="$work/report" -v table="$work/assumptions" '
		$0 == first { print; while ((getline line < report) > 0) print line; skip = "```" }
		$0 == "| seats | by day, 08-20 | at night | who |" { while ((getline line < table) > 0) print line; skip = "## " }
		skip && index($0, skip) == 1 && $0 != first { if (skip == "## ") print ""; skip = "" }
		!skip' "$manual" >"$work/manual"
	cp "$work/manual" "$manual"
	exit 0
fi

# What the manual says is what comes out. Sanitizers are too slow for the default city.
$DUANKA simulate desk --print-assumptions >"$work/assumptions"
awk '/^## / { on = $0 == "## Assumptions" } on' "$manual" | grep '^|' >"$work/table"
grep '^|' "$work/assumptions" >"$work/lines"
cmp -s "$work/table" "$work/lines" || fail "the assumptions of doc/desk-day.md are others than --print-assumptions; sh tests/e2e/desk_day.sh --renew"
if [ "${SOAK_RSS:-yes}" = yes ]; then
	$desk --lang en >"$work/report"
	block "$command" >"$work/printed"
	cmp "$work/report" "$work/printed" || fail "the report of doc/desk-day.md is another one; sh tests/e2e/desk_day.sh --renew"
	! awk 'length($0) > 110' "$work/report" | grep . || fail "a line is too long" # bytes: a yuan sign takes two
fi

# The same twice; another seed is another day; the city without a desk is the same city.
$small --json >"$work/one"
$small --json >"$work/two"
cmp "$work/one" "$work/two" || fail "the same options give another report"
$small --json --seed 2 >"$work/other"
! cmp -s "$work/one" "$work/other" || fail "another seed gives the same report"
$small --json --no-desk >"$work/idle"
field() { # field FILE NAME
	sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p" "$1"
}
for f in loss_without_fen cash_without_fen criminal_calls_without cases; do
	[ "$(field "$work/one" $f)" = "$(field "$work/idle" $f)" ] || fail "$f is another one without a desk"
done
[ "$(field "$work/idle" loss_with_fen)" = "$(field "$work/idle" loss_without_fen)" ] || fail "nobody works and somebody is spared"
[ "$(field "$work/one" loss_with_fen)" -lt "$(field "$work/idle" loss_with_fen)" ] || fail "the desk saves nothing"
[ "$(field "$work/one" unsound)" = 0 ] && [ "$(field "$work/one" refused)" = 0 ] || fail "an invariant does not hold"
says "$work/one" '"whole":true'
$small --lang zh >"$work/zh"
says "$work/zh" "值班日报"

# Nothing restricts an innocent by itself: whoever is never wrongly convinced asks for no measure about one.
$small --json --set wrongly_sure=0 >"$work/sober"
[ "$(field "$work/sober" cards_false)" -gt 0 ] || fail "the rules name nobody innocent, and so nothing is tested"
[ "$(field "$work/sober" false_people)" = 0 ] || fail "a measure on an innocent for which nobody has asked"

# Who knows better says so.
$small --json --set believes_call=0 --set believes_ai=0 --set believes_face=0 --set believes_sms=0 --set sure=0 >"$work/weak"
[ "$(field "$work/weak" loss_with_fen)" -gt "$(field "$work/one" loss_with_fen)" ] || fail "nobody believes, and it makes no difference"
$small --json --seats dissuasion=9/9,leader=3/3 >"$work/strong"
says "$work/strong" '"dissuasion":{"by_day":9,"by_night":9'

# Kept: a journal like any other.
$small --keep "$work/kept" >/dev/null
cd "$work" # what follows writes here
expect 0 "$DUANKA" audit verify --data kept
[ -s kept/registry.sqlite ] || fail "no registry was kept"

mistake() { # mistake WORDS ARGUMENT...
	words=$1
	shift
	expect 1 "$DUANKA" simulate desk --no-progress "$@"
	says err "$words"
}
mistake "there is something already" --policy "$policy" --keep kept
mistake "--people" --people 10
mistake "with a name of --print-assumptions" --set hope=1
mistake "is from 0 to 1000" --set answers=1001
mistake "NAME=DAY/NIGHT" --seats boss=1
mistake "NAME=DAY/NIGHT" --seats dissuasion=201
mistake "en or zh" --lang fr
mistake "options only" again
mistake "absent" --policy absent
mistake "absent.scene" --policy "$policy" --policy-mix absent.scene
expect 0 "$DUANKA" simulate desk --help

# Interrupted: it says so, and leaves nothing behind.
mkdir tmp
mkfifo told
TMPDIR=$work/tmp "$DUANKA" simulate desk --progress --policy "$policy" --people 20000 --days 31 --lang en >report 2>told &
pid=$!
exec 3<told
dd bs=20 count=1 <&3 >first 2>/dev/null # it has begun
kill -INT $pid
got=0
wait $pid || got=$?
exec 3<&-
[ "$got" = 130 ] || fail "interrupted: exit status $got"
says report "INTERRUPTED"
[ -z "$(ls tmp)" ] || fail "an interrupted day leaves something behind"
