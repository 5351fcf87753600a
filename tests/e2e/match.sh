# match.sh - private matching as two organisations do it: by files, and through a service; what is refused; what stays on the disk and in the journal.
. "$SOURCE_DIR/tests/e2e/lib.sh"

# Two lists with 40 numbers in common, written in different ways, with repeats and a bad line.
awk 'BEGIN { print "value"; for (i = 0; i < 300; i++) printf "139%08d\n", i; print "13900000007"; print "nobody" }' >a.csv
awk 'BEGIN { print "value,note"; for (i = 260; i < 600; i++) printf "+86 139-%04d-%04d,suspected\n", i / 10000, i % 10000; print "0086 13900000260," }' >b.csv
awk 'BEGIN { print "value"; for (i = 260; i < 300; i++) printf "139%08d\n", i }' >both
terms='--kind phone --purpose payees-that-are-suspected --basis Art16'
mode() { stat -c %a "$1"; }

# By files.
expect 0 "$DUANKA" match offer a.csv $terms --state a.state -o m1
says err '300 items'
says err '1 given twice'
says err 'a.csv:303:1: error:'
[ "$(mode a.state) $(mode m1)" = "600 600" ] || fail "others may read: $(mode a.state) $(mode m1)"
! grep -q 13900000 m1 a.state || fail "a number stands in a file"
expect 1 "$DUANKA" match offer a.csv $terms --state a.state -o m1
says err 'there already'
expect 1 "$DUANKA" match answer m1 b.csv --state b.state -o m2
says err 'say --agree'
[ ! -e m2 ] || fail "answered without consent"
expect 0 "$DUANKA" match answer m1 b.csv --agree --state b.state -o m2
[ "$(mode b.state) $(mode m2)" = "600 600" ] || fail "others may read the answer's files"
expect 0 "$DUANKA" match show m2
says err 'payees-that-are-suspected'
expect 1 "$DUANKA" match finish m2 b.csv --state a.state -o m3
says err 'another list'
expect 1 "$DUANKA" match finish m1 a.csv --state a.state -o m3
says err 'another step'
expect 1 "$DUANKA" match finish m2 a.csv --state a.state
says err '--out'
expect 0 "$DUANKA" match finish m2 a.csv --state a.state -o m3
cmp out both || fail "the offerer learns something else"
[ ! -e a.state ] || fail "the state is left"
# A secret that a killed run has left half written goes with the next one; what a living one writes stays.
sh -c 'echo $$' >dead
echo secret >"b.state.$(cat dead).0.tmp"
ln "b.state.$(cat dead).0.tmp" under
echo living >"b.state.$$.0.tmp"
expect 0 "$DUANKA" match finish m3 b.csv --state b.state --result found
cmp found both || fail "the answerer learns something else"
[ ! -e "b.state.$(cat dead).0.tmp" ] && [ -e "b.state.$$.0.tmp" ] || fail "what others have left half written: $(ls)"
! grep -q secret under || fail "it was removed and not wiped"
rm "b.state.$$.0.tmp"
[ ! -e b.state ] && [ "$(mode found)" = 600 ] || fail "the state is left, or others may read the result"

# Only one learns.
for who in offerer answerer; do
	expect 0 "$DUANKA" match offer a.csv $terms --learns $who --state s1 -o $who.1
	expect 0 "$DUANKA" match answer $who.1 b.csv --agree --state s2 -o $who.2
	if [ $who = offerer ]; then
		[ ! -e s2 ] || fail "a state for nothing to come"
		expect 0 "$DUANKA" match finish $who.2 a.csv --state s1
	else
		expect 0 "$DUANKA" match finish $who.2 a.csv --state s1 -o $who.3
		[ ! -s out ] || fail "the offerer was told"
		expect 0 "$DUANKA" match finish $who.3 b.csv --state s2
	fi
	cmp out both || fail "$who learns something else"
done

# Too few, damaged, cut off.
head -n 50 a.csv >few.csv
expect 1 "$DUANKA" match offer few.csv $terms --state s -o few.1
says err 'fewer items than the limit'
[ ! -e s ] && [ ! -e few.1 ] || fail "something was left of what was refused"
head -c 5000 m1 >cut
expect 1 "$DUANKA" match answer cut b.csv --agree --state s -o cut.2
says err 'cut off'
{ head -c 4000 m1; printf 'XXXX'; tail -c +4005 m1; } >damaged
expect 1 "$DUANKA" match answer damaged b.csv --agree --state s -o damaged.2
says err 'checksum'
one_line err

# Through a service.
mkdir p
cp "$policy/00-schema.dk" p/
echo 'rule never on call about caller when talk > 12d then alert blue because "never"' >p/r.dk
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said
bank=$("$DUANKA" keys add --data d --tenant bank --scopes match)
operator=$("$DUANKA" keys add --data d --tenant operator --scopes match)
other=$("$DUANKA" keys add --data d --tenant other --scopes match)
start() {
	"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --body 2 2>said &
	pid=$!
	while IFS= read -r line; do
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
stop() {
	kill $pid
	wait $pid || fail "exit status $?"
	pid=
}
as() { # as KEY STATUS WORDS...
	DUANKA_API_KEY=$1
	export DUANKA_API_KEY
	status=$2
	shift 2
	expect "$status" "$DUANKA" match "$@" --server "$url"
}
mkdir A B
start
as "$bank" 1 propose --with nobody --kind phone --size 1000 --purpose payees --basis Art16
as "$bank" 0 propose --with operator --kind phone --size 1000 --purpose payees --basis Art16
id=$(cut -c1-16 out | head -n 1)
as "$bank" 1 consent "$id" --reason mine
says err 'other organisation'
as "$other" 1 consent "$id" --reason theirs
says err 'No such session'
as "$bank" 1 offer a.csv --match "$id" --dir A
says err 'not waiting for this message'
as "$operator" 0 consent "$id" --reason "agreed with our lawyer"
as "$bank" 0 offer a.csv --match "$id" --dir A
as "$operator" 1 finish b.csv --match "$id" --dir B
kill -9 $pid
wait $pid 2>/dev/null || true
start # nothing is lost, however it ended
as "$operator" 0 answer b.csv --match "$id" --dir B
as "$bank" 0 finish a.csv --match "$id" --dir A
cmp out both || fail "the offerer learns something else"
as "$operator" 0 finish b.csv --match "$id" --dir B --result B/found
cmp B/found both || fail "the answerer learns something else"
[ -e "d/matches/$id.offer" ] || fail "the message is nowhere"
as "$operator" 0 end "$id" --reason "both have learnt"
ls d/matches >left
[ "$(cat left)" = "$id.json" ] || fail "messages are left: $(cat left)"

# Another session: a message with other terms is refused, and goes; four a day and no more.
as "$bank" 0 propose --with operator --kind phone --size 100 --purpose payees --basis Art16
id2=$(cut -c1-16 out | head -n 1)
as "$operator" 0 consent "$id2" --reason fine
as "$bank" 1 offer a.csv --match "$id2" --dir A # 300 items where 100 were agreed to
says err 'of the agreed size'
expect 0 curl -s -H "Authorization: Bearer $bank" --data-binary @m1 "$url/v1/matches/$id2/messages/offer?at=0"
says out 'urn:duanka:problem:'
as "$operator" 0 list
says out "$id2  agreed"
as "$bank" 0 propose --with operator --kind phone --size 100 --purpose payees --basis Art16
as "$operator" 0 propose --with bank --kind phone --size 100 --purpose payees --basis Art16 --learns offerer
as "$bank" 1 propose --with operator --kind phone --size 100 --purpose payees --basis Art16
says err 'within a day'
stop
expect 0 "$DUANKA" audit access --data d
says out 'match-propose'
says out 'match-consent'
says out 'payees'
! grep -rq 13900000 d || fail "an item stands in the data directory"
