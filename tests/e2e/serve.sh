# serve.sh - the service as its askers and its enemies see it: keys, decisions, batches, repeats, hostile requests; killed again and
# again while a client sends; then the journal is replayed, audited, torn and damaged.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
cat >p/r.dk <<'DK'
rule often on call about caller when count(call by caller over 1h) >= 5 then alert red, score 7 because "{count(call by caller over 1h)} calls"
rule quiet shadow on call about caller when count(call by caller over 1h) >= 3 then alert blue, score 1 because "three"
DK
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said

# start [options]: until requests are answered; $url is where. No waiting but for the line that says so.
start() {
	"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --ready-file ready --tick 1h "$@" 2>said &
	pid=$!
	while IFS= read -r line; do
		echo "$line" >>log
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
stop() {
	kill "$1" "$pid"
	got=0
	wait $pid || got=$?
	pid=
}
ask() { # ask PATH [curl options]: body in ./body, status in $status
	path=$1
	shift
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $key" "$@" "$url$path") || true
}
answers() { # answers STATUS TEXT
	[ "$status" = "$1" ] || {
		cat body >&2
		fail "HTTP $status instead of $1"
	}
	says body "$2"
}
told() { # all alerts that were told, in their order
	cat d/alerts/*.ndjson
}
now=$(date +%s)000000
call() { # call CALLER CALLEE
	printf '{"event":"call","time":"%s","caller":"%s","callee":"%s","talk":12}' "$now" "$1" "$2"
}

# Without keys it does not open the door, and says how.
expect 1 "$DUANKA" serve --data d --policy p --listen 127.0.0.1:0
says err "duanka keys add"
expect 1 "$DUANKA" serve --data d --policy p --listen 0.0.0.0:0 --anonymous
says err "loopback"
key=$("$DUANKA" keys add --data d --tenant bank-1 --scopes decide,events,alerts,metrics,policies --note "core")
weak=$("$DUANKA" keys add --data d --tenant media-1 --scopes metrics)
gone=$("$DUANKA" keys add --data d --tenant bank-2 --scopes decide)
other=$("$DUANKA" keys add --data d --tenant bank-3 --scopes decide)
id=${gone#dk_}
expect 0 "$DUANKA" keys revoke --data d "${id%%_*}"
expect 0 "$DUANKA" keys list --data d
says out revoked
# Eight at a time: none loses what another one added.
adders=
for i in 1 2 3 4 5 6 7 8; do
	"$DUANKA" keys add --data together --tenant bank-1 --scopes decide --note "adder-$i" >/dev/null &
	adders="$adders $!"
done
for i in $adders; do wait "$i" || fail "one of several keys added at a time was refused"; done
expect 0 "$DUANKA" keys list --data together
for i in 1 2 3 4 5 6 7 8; do says out "adder-$i"; done
expect 1 "$DUANKA" keys add --data together --tenant bank-1 --scopes decide,evil
says err "quarantine, reveal, admin, desk, connector, match, with"
expect 0 "$DUANKA" keys --help
says out "decide,events,alerts,policies,metrics,entities,lists,quarantine,reveal,admin"
! grep -q "${key##*_}" d/api-keys.ndjson || fail "a key stands in the file in plain"

start
ask /v1/ready
answers 200 '"status":"ready"'
ask /v1/decide -d "$(call 13800138000 13900139000)"
answers 200 '"outcome":"accepted","repeated":false,"severity":"none"'
for i in 1 2 3 4 5; do ask /v1/decide -d "$(call 13800138001 1390013900$i)"; done
answers 200 '"severity":"red","score":7'
says body '5 calls'

# The same event again is the same decision, once; another organisation's key is another matter.
ask /v1/decide -H 'Idempotency-Key: one' -d "$(call 13800138001 13900139007)"
sed 's/"repeated":false/"repeated":true/' body >first
ask /v1/decide -H 'Idempotency-Key: one' -d "$(call 13800138001 13900139007)"
cmp -s body first || fail "a repeated event got another answer"
before=$(sed 's/.*"position":\([0-9]*\).*/\1/' body)
good=$key
key=$other
ask /v1/decide -H 'Idempotency-Key: one' -d "$(call 13800138009 13900139007)"
answers 200 '"repeated":false'
key=$good

# A batch: what is wrong is told by line, the rest is taken.
{
	for i in 1 2 3 4 5 6; do
		call 13800138002 1390013910$i
		echo
	done
	echo '{"event":"call"'
	echo
	echo '{"event":"call","time":"'"$now"'","caller":"13800138002"}'
} >batch
ask /v1/events --data-binary @batch
answers 200 '"complete":true,"lines":9,"accepted":6,"repeated":0,"late":0,"refused":0,"quarantined":2'
says body '"line":7,"reason":"json"'
says body '"line":9,"reason":"missing","field":"callee"'
says body '{"line":5,"position":'
ask /metrics
says body 'duanka_quarantine_open 2'
ask /v1/events -H 'Idempotency-Key: batch' --data-binary @batch
ask /v1/events -H 'Idempotency-Key: batch' --data-binary @batch
answers 200 '"accepted":0,"repeated":6'

# Alerts, explanations, metrics, the stream from where one left off.
ask '/v1/alerts?rule=often&limit=2'
answers 200 '"cursor":'
ask "/v1/explain/$before.often"
answers 200 '"rule":"often"'
ask /v1/explain/999999
answers 404 'No such decision'
ask /v1/explain/1
answers 404 '"kind":"policy"'
# One that raised no alert is explained, too; how its windows stood is told by a replay under a rule that asks.
ask /v1/decide -d "$(call 13800138055 13900139005)"
answers 200 '"severity":"none"'
plain=$(sed 's/.*"position":\([0-9]*\),.*/\1/' body)
ask "/v1/explain/$plain"
answers 200 '"record":{"position":'"$plain"','
says body '"fields":{"caller":{"kind":"phone","token":"'
says body '"outcome":"accepted","severity":"none","score":0,"policy":{"position":1,'
says body '"alerts":[]}'
! grep -q 13800138055 body || fail "a plain number stands in an explanation"
mkdir look
cp "$policy/00-schema.dk" look/
echo 'rule look shadow on call about caller when talk >= 0s then alert blue because "{count(call by caller over 1h)} of {count(call by callee over 1h)}"' >look/r.dk
expect 0 "$DUANKA" replay --data d --key "$work/key" --policy look --from "$plain" --to "$plain"
[ "$(wc -l <out)" = 1 ] || fail "a replay of one position"
says out '"because":{"en":"1 of '
ask /v1/policy
answers 200 '"name":"often"'
ask /metrics
answers 200 'duanka_events_accepted_total'
awk '/^#/ { next } NF != 2 || $1 !~ /^duanka_[a-z_]+(\{[^ ]*\})?$/ || $2 !~ /^[0-9.e+-]+$/ { bad = 1 } END { exit bad }' body || fail "metrics are not in their form"
mkfifo stream
curl -sN -H "Authorization: Bearer $key" -H 'Last-Event-ID: 1' "$url/v1/alerts/stream" >stream 2>/dev/null &
curl_pid=$!
grep -m 1 '^id: 2$' <stream >/dev/null || fail "the stream does not go on behind Last-Event-ID"
kill $curl_pid 2>/dev/null || true
wait $curl_pid 2>/dev/null || true

# Hostile requests, each with its documented answer.
ask /v1/decide
answers 405 'Method not allowed'
ask /v2/decide -d x
answers 404 'No such path'
ask /v1/decide -d "$(printf '%01000d' 0 | tr 0 '[')"
answers 422 '"reason":"json"'
ask /v1/decide -d '{"event":"call","event":"call"}'
answers 422 '"reason":"json"'
printf '{"event":"call","time":"\377"}' >utf8
ask /v1/decide --data-binary @utf8
answers 422 '"reason":"encoding"'
printf '{"event":"call\0"}' >nul
ask /v1/decide --data-binary @nul
answers 422 '"reason":"nul"'
ask /v1/decide -d ''
answers 422 '"reason":'
ask /v1/decide -d "$(call 13800138001 13900139007 | sed "s/$now/4000000000000000/")"
answers 422 '"reason":"time_ahead"'
ask /v1/decide -d "$(call 13800138001 13900139007 | sed "s/$now/1500000000000000/")"
answers 200 '"outcome":"late"'
ask /v1/decide -H "Idempotency-Key: $(printf '%0300d' 0)" -d "$(call 13800138001 13900139007)"
answers 400 'Idempotency-Key'
head -c 17000000 /dev/zero >big
ask /v1/events --data-binary @big
answers 413 'too large'
ask /v1/events -H 'Transfer-Encoding: chunked' --data-binary @big
answers 413 'too large'
key=$weak
ask /v1/decide -d "$(call 13800138001 13900139007)"
answers 403 decide
key=$gone
ask /v1/decide -d "$(call 13800138001 13900139007)"
answers 401 'valid key'
key="dk_aaaaaaaa_$(printf '%043d' 0)"
ask /v1/decide -d "$(call 13800138001 13900139007)"
answers 401 'valid key'
key=$good
ask /metrics
says body 'duanka_http_unauthorised_total 2'
# shellcheck disable=SC2094 # grep reads what the service wrote
! grep -rqE '13800138001|13900139007' d/journal d/alerts d/snapshot 2>/dev/null || fail "a plain number stands in the journal or the alerts"

# Killed at any moment, what was answered is there, once.
for round in 1 2 3 4 5; do
	(
		n=0
		while [ $n -lt 400 ]; do
			n=$((n + 1))
			curl -s -H "Authorization: Bearer $key" -H "Idempotency-Key: $round-$n" -d "$(call 1380014$(printf %04d $n) 13900139000)" "$url/v1/decide" || break
		done
	) >>acknowledged &
	client=$!
	i=0
	while [ $i -lt $((round * 7)) ]; do # some requests of our own pass the time
		ask /v1/ready
		i=$((i + 1))
	done
	if [ $((round % 2)) = 0 ]; then # an orderly stop while requests come in
		stop -TERM
		[ "$got" = 0 ] || fail "exit status $got after SIGTERM with requests on their way"
	else
		kill -9 $pid
		wait $pid 2>/dev/null || true
	fi
	wait $client || true
	start
done
sed -n 's/.*{"position":\([0-9]*\),"outcome":"accepted","repeated":false.*/\1/p' acknowledged | sort -n >positions
[ -s positions ] || fail "nothing was acknowledged between the kills"
[ -z "$(uniq -d positions)" ] || fail "two events have one position"
ask /v1/ready
next=$(sed 's/.*"next":\([0-9]*\).*/\1/' body)
[ "$(tail -n 1 positions)" -lt "$next" ] || fail "an acknowledged position is not in the journal"
ask /v1/decide -H 'Idempotency-Key: one' -d "$(call 13800138001 13900139007)"
cmp -s body first || fail "after the kills a repeated event got another answer"
stop -TERM
[ "$got" = 0 ] || fail "exit status $got after SIGTERM"
ls d/snapshot/*.dks >/dev/null || fail "no snapshot was taken at the end"

expect 0 "$DUANKA" replay --data d --key "$work/key" --out again
told | cmp -s - again || fail "a replay gives other alerts"
expect 0 "$DUANKA" audit verify --data d
says out "whole and unaltered"
head=$(sed -n 's/^head //p' out)

# Another policy takes effect where it stands, with its windows filled; the same one again changes nothing.
cp -r p p2
sed -i 's/score 7/score 9/; s/>= 5/>= 6/' p2/r.dk
start
ask /v1/ready
stop -TERM
records() { "$DUANKA" audit verify --data d | sed -n 's/.* positions 1 to \([0-9]*\).*/\1/p; s/.*(positions 1 to \([0-9]*\)).*/\1/p'; }
had=$(records)
cp -r p p.old
rm -r p
mv p2 p
start --adopt
ask /v1/decide -d "$(call 13800138001 13900139008)"
answers 200 '"score":9'
stop -TERM
[ "$(records)" -ge $((had + 3)) ] || fail "the policy did not become a record"
had=$(records)
start --adopt
stop -TERM
[ "$(records)" = "$had" ] || fail "the same policy was taken again"
expect 0 "$DUANKA" replay --data d --key "$work/key" --out again
told | cmp -s - again || fail "after a change of policy a replay gives other alerts"

# Alerts that were synced and are gone come back, though the snapshot is behind them: the file is the same again, byte for byte.
told >before
[ -s before ] || fail "there are no alerts to lose"
for lose in 'rm d/alerts/*.ndjson' 'rm -r d/alerts' 'truncate -s -30 d/alerts/*.ndjson'; do
	eval "$lose"
	: >log
	start
	says log "alerts are missing"
	stop -TERM
	told | cmp -s - before || fail "after $lose the alerts are not as they were"
done
rm d/alerts/*.idx # derived
: >log
start
! grep -q "alerts are missing" log || fail "an index is no alert"
ask '/v1/alerts?cursor=1&limit=1'
answers 200 '"cursor":2,"oldest":0,"gone":0}'
stop -TERM
told | cmp -s - before || fail "without an index the alerts are not as they were"

# One file, as an older version wrote it, is taken over.
told >d/alerts.ndjson
rm -r d/alerts
wc -c <d/alerts.ndjson >d/alerts.synced
: >log
start
! grep -q "alerts are missing" log || fail "the alerts of an older version are not believed"
stop -TERM
told | cmp -s - before || fail "the alerts of an older version are not taken over"
[ ! -e d/alerts.ndjson ] || fail "the file of an older version is still there"

# From the snapshot; then without it, from the beginning: the same.
start
stop -TERM
rm -r d/snapshot
start
ask /v1/decide -H 'Idempotency-Key: one' -d "$(call 13800138001 13900139007)"
cmp -s body first || fail "without a snapshot a repeated event got another answer"
stop -KILL
expect 0 "$DUANKA" audit verify --data d --head "$head"
expect 2 "$DUANKA" audit verify --data d --head "$(echo "$head" | tr 0-9a-f 1-9a-f0)"
says out "the noted head was not met"

# A torn tail is cut off, kept, and told; damage before the end is refused.
cp -r d torn
seg=$(ls torn/journal/*.seg | tail -n 1)
printf 'DKB1 half a batch' >>"$seg"
mv d whole
mv torn d
: >log
start
says log "was torn"
ls d/journal/torn-* >/dev/null || fail "the torn bytes were not kept"
stop -TERM
rm -rf d/snapshot
seg=$(ls d/journal/*.seg | head -n 1)
printf 'X' | dd of="$seg" bs=1 seek=$(($(wc -c <"$seg") / 2)) conv=notrunc 2>/dev/null
expect 2 "$DUANKA" audit verify --data d
expect 1 "$DUANKA" serve --data d --policy p --listen 127.0.0.1:0
says err "damaged"
