# contacts.sh - a journal of several segments, made through the service: contacts and tail read it as people, while it grows, with and
# without indexes, and tell exactly what was sent.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
echo 'rule never on call about caller when talk > 12d then alert blue because "never"' >p/r.dk
pid=
tail_pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; [ -z "$tail_pid" ] || kill -9 $tail_pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said

start() {
	"$DUANKA" serve --data d --policy p --anonymous --listen 127.0.0.1:0 --tick 1h --segment 1 2>said &
	pid=$!
	while IFS= read -r line; do
		echo "$line" >>log
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
stop() {
	kill "$1" "$pid"
	wait $pid 2>/dev/null || true
	pid=
}
send() { # send FILE
	curl -s --data-binary @"$1" "$url/v1/events" >body
	says body '"complete":true'
	says body '"quarantined":0'
}
now=$(date +%s)

# calls FROM TO: one event a second up to now; talk is its number, so that each is known again. Number 13800000001 takes part in some.
calls() {
	awk -v from="$1" -v to="$2" -v now="$now" 'BEGIN {
		for (i = from; i < to; i++) {
			caller = i % 997 == 0 ? "13800000001" : sprintf("138%08d", 1000 + i * 7919 % 4000)
			callee = i % 499 == 5 ? "+86 138-0000-0001" : sprintf("139%08d", i * 104729 % 5000)
			printf "{\"event\":\"call\",\"time\":\"%d000000\",\"caller\":\"%s\",\"callee\":\"%s\",\"talk\":%d}\n", now - 40000 + i, caller, callee, i
		}
	}'
}
expected() { # the numbers of its calls below TO, newest first
	awk -v to="$1" 'BEGIN { for (i = to - 1; i >= 0; i--) if (i % 997 == 0 || i % 499 == 5) print i }'
}
talks() {
	sed -n 's/.*"talk":\([0-9]*\)}}$/\1/p' "$1"
}

start
n=0
while [ $n -lt 36000 ]; do
	calls $n $((n + 4000)) >batch
	send batch
	n=$((n + 4000))
done
expected $n >want

# While the service runs; all the ways to ask for the same.
expect 0 "$DUANKA" contacts 13800000001 --data d --json
talks out >got
cmp -s got want || fail "contacts tells other calls than were sent"
says err "$(wc -l <want | tr -d ' ') found;"
says out '"roles":["caller"],"fields":{"caller":{"kind":"phone","token":"'
says out '"shown":"138****0001"}'
! grep -q 13800000001 out || fail "a plain number is shown"
cp out all
token=$(sed -n 's/.*"roles":\["caller"\],"fields":{"caller":{"kind":"phone","token":"\([0-9a-f]*\)".*/\1/p' all | head -n 1)
for what in "138 0000 0001" "+8613800000001" "--token $token" "--token $token --kind phone"; do
	case $what in
	--*) # shellcheck disable=SC2086 # options
		expect 0 "$DUANKA" contacts $what --data d --json
		;;
	*) expect 0 "$DUANKA" contacts "$what" --data d --json ;;
	esac
	cmp -s out all || fail "other calls for $what"
done
expect 0 "$DUANKA" contacts 13800000001 --data d --limit 5
[ "$(wc -l <out)" = 5 ] || fail "--limit 5 does not give 5 lines"
says err "there are more"
says out "callee 139****"
expect 0 "$DUANKA" contacts --token "$token" --kind account --data d
[ ! -s out ] || fail "a phone is found as an account"

# The indexes come by themselves, one for each sealed segment, and change nothing but the way.
sealed=$(($(ls d/journal/*.seg | wc -l) - 1))
[ $sealed -ge 3 ] || fail "there are only $sealed sealed segments"
until [ "$(ls d/journal/*.idx 2>/dev/null | wc -l)" = $sealed ]; do
	curl -s "$url/v1/ready" >ready # some requests pass the time
done
expect 0 "$DUANKA" contacts 13800000001 --data d --json
cmp -s out all || fail "by index other calls are found than by scan"
says err "$sealed segments by index, 1 by scan"

# Damage is passed over, and told with its remedy.
first=$(ls d/journal/*.idx | head -n 1)
cp "$first" idx
printf X | dd of="$first" bs=1 seek=40 conv=notrunc 2>/dev/null
expect 0 "$DUANKA" contacts 13800000001 --data d --json
cmp -s out all || fail "with a damaged index other calls are found"
says err "$first: 1 indexes"
rm "$first"

# Money and times; an event that came too late to count is in the journal all the same.
{
	printf '{"event":"transfer","time":"%s000000","payer":"6222020200112233445","payee":"6217000010001234567","amount":1234.5,"channel":"app"}\n' "$now"
	printf '{"event":"call","time":"%s000000","caller":"13800000001","callee":"96110","talk":777777}\n' $((now - 40 * 86400))
} >batch
send batch
expect 0 "$DUANKA" contacts 6217000010001234567 --kind account --data d
says out 'transfer     payee'
says out 'payer 622202****3445, amount ¥1,234.50, channel "app"'
expect 0 "$DUANKA" contacts 6222020200112233445 --kind account --data d --json
says out '"event":"transfer","roles":["payer"]'
says out '"amount":1234.50,"channel":"app"'
expect 0 "$DUANKA" contacts 13800000001 --data d --json
cmp -s out all || fail "an event of 40 days ago is one of the last 30 days"
expect 0 "$DUANKA" contacts 13800000001 --data d --json --days 60
talks out >got
{
	echo 777777
	cat want
} | cmp -s - got || fail "--days 60 does not find the event of 40 days ago"
expect 0 "$DUANKA" contacts 13800000001 --data d --json --to "$(TZ=Asia/Shanghai date -d "@$((now - 40000 + 5000))" +%Y-%m-%dT%H:%M:%S)"
talks out >got
{
	echo 777777
	awk '$1 <= 5000' want
} | cmp -s - got || fail "--to is not the last moment"
expect 0 "$DUANKA" contacts 13800000001 --data d --json --from "$(TZ=Asia/Shanghai date -d "@$((now - 40000 + 5000))" +%Y-%m-%d)"
[ "$(wc -l <out)" -ge "$(awk '$1 >= 5000' want | wc -l)" ] || fail "--from with a date leaves out a part of the day"

# tail: the end, a beginning, a kind; and on as the journal grows.
expect 0 "$DUANKA" tail --data d -n 3
[ "$(wc -l <out)" = 3 ] || fail "tail -n 3 does not give 3 lines"
says out '"kind":"event","organisation":0,"outcome":"accepted","event":"transfer","fields":{"payer":'
expect 0 "$DUANKA" tail --data d --from 1 -n 2
says out '"position":1,'
says out '"kind":"policy","organisation":0,"files":[{"path":"00-schema.dk","bytes":'
says out '"kind":"schema","organisation":0,"entities":["phone","account"'
expect 0 "$DUANKA" tail --data d --kind policy,schema
[ "$(wc -l <out)" = 2 ] || fail "tail --kind policy,schema does not find both"
expect 0 "$DUANKA" tail --data d --from 1 --kind event
[ "$(wc -l <out)" = $((n + 2)) ] || fail "tail --from 1 does not tell every event"
sed -n 's/.*"position":\([0-9]*\),.*/\1/p' out | sort -n -c || fail "the positions do not ascend"
curl -s "$url/v1/ready" >ready
next=$(sed 's/.*"next":\([0-9]*\).*/\1/' ready)
mkfifo grows
"$DUANKA" tail --data d --from "$next" -f >grows 2>err &
tail_pid=$!
exec 4<grows
for i in 1 2 3; do # each is read before the next one is sent; the last batch begins another segment or two
	calls $((n + i * 10000)) $((n + i * 10000 + (i == 3 ? 12000 : 1))) >batch
	sed "s/\"time\":\"[0-9]*\"/\"time\":\"${now}000000\"/" batch >batch2
	send batch2
	IFS= read -r line <&4 || fail "tail -f ended"
	echo "$line" >line
	says line "\"talk\":$((n + i * 10000))}"
done
sed -n '11999{p;q}' <&4 >line
says line "\"talk\":$((n + 30000 + 11999))}"
kill -INT $tail_pid
got=0
wait $tail_pid || got=$?
tail_pid=
exec 4<&-
[ $got = 0 ] || fail "tail -f ends with $got after SIGINT"
"$DUANKA" tail --data d -n 1000 2>err | head -n 1 >line
[ -s line ] && [ ! -s err ] || fail "a reader that has enough makes tail complain"

# Killed and started again: what lacks an index gets one; what is no segment's goes.
stop -KILL
cp idx d/journal/00000000000000000000.idx
: >d/journal/00000000000000000007.idx-new
expect 0 "$DUANKA" contacts 13800000001 --data d --json --to "$(TZ=Asia/Shanghai date -d "@$((now - 4000))" +%Y-%m-%dT%H:%M:%S)" --limit 100000
start
sealed=$(($(ls d/journal/*.seg | wc -l) - 1))
until [ "$(ls d/journal/*.idx | wc -l)" = $sealed ] && [ -f "$first" ]; do
	curl -s "$url/v1/ready" >ready
done
[ -f "$first" ] && [ ! -f d/journal/00000000000000000000.idx ] && [ ! -f d/journal/00000000000000000007.idx-new ] || fail "leftovers stay"
# Over HTTP: the same records, page by page, each look an act with its reason.
curl -s -d '{"kind":"phone","value":"13800000001"}' "$url/v1/token" >body
token=$(sed 's/.*"token":"\([0-9a-f]*\)".*/\1/' body)
look() { curl -s -o body -w '%{http_code}' -d "$1" "$url/v1/contacts$2" >code; }
look "{\"kind\":\"phone\",\"token\":\"$token\",\"reason\":\"case 7\",\"from\":\"2026-01-01\"}" '?limit=70'
[ "$(cat code)" = 200 ] || fail "HTTP $(cat code)"
says body '"roles":["caller"]'
before=$(sed 's/.*"before":\([0-9a-z]*\),"segments".*/\1/' body)
grep -o '{"position":[0-9]*' body >pages
until [ "$before" = null ]; do
	look "{\"kind\":\"phone\",\"token\":\"$token\",\"reason\":\"case 7\",\"from\":\"2026-01-01\"}" "?limit=1000&before=$before"
	before=$(sed 's/.*"before":\([0-9a-z]*\),"segments".*/\1/' body)
	grep -o '{"position":[0-9]*' body >>pages
done
expect 0 "$DUANKA" contacts 13800000001 --data d --json --from 2026-01-01 --limit 1000000
grep -o '{"position":[0-9]*' out | cmp -s - pages || fail "HTTP finds other records than the command"
look "{\"kind\":\"phone\",\"token\":\"$token\"}" ''
[ "$(cat code)" = 400 ] || fail "a look without a reason was answered $(cat code)"
look "{\"kind\":\"boat\",\"token\":\"$token\",\"reason\":\"x\"}" ''
[ "$(cat code)" = 400 ] || fail "an unknown kind was answered $(cat code)"
look "{\"kind\":\"phone\",\"token\":\"$token\",\"reason\":\"x\",\"from\":\"yesterday\"}" ''
[ "$(cat code)" = 400 ] || fail "a time that is none was answered $(cat code)"
expect 0 "$DUANKA" tail --data d --kind act --from 1
says out '"act":"contacts"'
stop -TERM
expect 0 "$DUANKA" contacts 13800000001 --data d --json --days 60 --limit 1000000
talks out | awk '$1 < 36000' >got
cmp -s got want || fail "after a restart other calls are found"
says err "$sealed segments by index, 1 by scan"
expect 0 "$DUANKA" audit verify --data d

# A damaged segment is told with its place; what is asked for wrongly with what would be right.
seg=$(ls d/journal/*.seg | sed -n 2p)
printf X | dd of="$seg" bs=1 seek=$(($(wc -c <"$seg") / 2)) conv=notrunc 2>/dev/null
expect 1 "$DUANKA" tail --data d --from 1
says err "journal/${seg##*/}: byte"
rm d/journal/*.idx
expect 1 "$DUANKA" contacts 13800000001 --data d
says err "journal/${seg##*/}: byte"
expect 1 "$DUANKA" contacts 13800000001 --data nowhere
says err nowhere
expect 1 "$DUANKA" contacts --data d
says err "a NUMBER or --token"
expect 1 "$DUANKA" contacts 1 --data d --token "$token"
expect 1 "$DUANKA" contacts x --data d
says err "name what it is with --kind"
expect 1 "$DUANKA" contacts 13800000001 --kind boat --data d
says err "no such kind"
expect 1 "$DUANKA" contacts --token 12 --data d
says err "32 hexadecimal digits"
expect 1 "$DUANKA" contacts 13800000001 --data d --days 3 --from 2026-03-01
expect 1 "$DUANKA" contacts 13800000001 --data d --from yesterday
says err "write 2026-03-01"
expect 1 "$DUANKA" tail
says err "--data is missing"
expect 1 "$DUANKA" tail --data d --kind boats
says err "event, act, policy, list, tick, schema and names"
mkdir empty
expect 1 "$DUANKA" tail --data empty
says err "no journal"
expect 1 "$DUANKA" contacts 13800000001 --data empty
says err "no journal"
