# operate.sh - what an operator does with a service: looks at an entity, takes a snapshot of a running and of a stopped one.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
cat >p/r.dk <<'DK'
list "known" of phone from "known.csv"
rule often on call about caller when count(call by caller over 1h) >= 3 and not (callee in list "known")
  then alert red, score 7 because "{count(call by caller over 1h)} calls"
DK
mkdir l
printf 'value,until\n13800138001,2099-01-01\n' >l/known.csv
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said

start() {
	"$DUANKA" serve --data d --policy p --lists l --listen 127.0.0.1:0 --tick 1h "$@" 2>said &
	pid=$!
	while IFS= read -r line; do
		echo "$line" >>log
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
stop() {
	kill "$1" $pid
	wait $pid || true
	pid=
}
ask() {
	path=$1
	shift
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $key" "$@" "$url$path") || true
}
answers() {
	[ "$status" = "$1" ] || {
		cat body >&2
		fail "HTTP $status instead of $1"
	}
	says body "$2"
}
now=$(date +%s)000000
call() { printf '{"event":"call","time":"%s","caller":"%s","callee":"%s","talk":12}' "$now" "$1" "$2"; }

key=$("$DUANKA" keys add --data d --tenant t --scopes decide,alerts,entities,admin)
weak=$("$DUANKA" keys add --data d --tenant t --scopes decide,alerts)
start
for i in 1 2 3 4; do ask /v1/decide -d "$(call 13800138001 1390013900$i)"; done
ask /v1/decide -d "{\"event\":\"open_card\",\"time\":\"$now\",\"phone\":\"13800138001\",\"person\":\"11010119900307002X\"}"
answers 200 accepted
ask '/v1/alerts?rule=often'
token=$(sed 's/.*"about":{"kind":"phone","token":"\([0-9a-f]*\)".*/\1/' body)

# An entity: its windows, who reads them, what was set, its list, its alerts.
ask "/v1/entities/phone/$token"
answers 200 "\"kind\":\"phone\",\"token\":\"$token\",\"shown\":\"138****8001\""
says body '"identifier":{"kind":"mobile"'
says body '"aggregate":"count(call by caller over 1h)","function":"count","of":"call","window_us":3600000000,"value":"4","events":4'
says body '"rules":["often"]'
says body '{"name":"holder","value":{"kind":"person","token":"'
says body '"risk":7'
says body '"lists":[{"list":"known","until":"2099-01-01T23:59:59.999999+08:00","in_force":true}]'
says body '"alerts":[{"id":"'
at=$(sed 's/.*"position":\([0-9]*\),"alerts":.*/\1/' body)
ask "/v1/entities/account/$token"
answers 404 'No such entity'

# A snapshot of the running service; after a kill the start has nothing to replay.
DUANKA_API_KEY=$key
export DUANKA_API_KEY
expect 0 "$DUANKA" snapshot --url "$url"
taken=$(sed -n 's/^snapshot of position \([0-9]*\),.*/\1/p' out)
[ "$taken" -ge "$at" ] || fail "a snapshot of $taken after a look at $at"
ls d/snapshot/"$(printf %020d "$taken")".dks >/dev/null || fail "there is no snapshot"
expect 1 "$DUANKA" snapshot --data d
says err 'another duanka serve works here'
DUANKA_API_KEY=$weak
expect 1 "$DUANKA" snapshot --url "$url"
says err 'HTTP 403'
expect 1 "$DUANKA" snapshot --url "$url/x"
says err 'HTTP 404'
expect 1 "$DUANKA" snapshot --url http://127.0.0.1:1
one_line err
expect 1 "$DUANKA" snapshot --url file:///etc/passwd
one_line err
ask /v1/reload -X POST
answers 200 '"reloaded":true'
stop -KILL
: >log
start
says log "snapshot of $taken, 1 replayed"
ask /v1/decide -d "$(call 13800138001 13900139005)"
answers 200 '"score":7'
at=$(sed 's/.*"position":\([0-9]*\),"outcome".*/\1/' body)
stop -KILL

# Of a stopped one: the records behind the last snapshot are in it, and their alerts in the file.
expect 0 "$DUANKA" snapshot --data d
taken=$(sed -n 's/^snapshot of position \([0-9]*\),.*/\1/p' out)
[ "$taken" -ge "$at" ] || fail "a snapshot of $taken after an answer at $at"
[ "$(cat d/alerts/*.ndjson | wc -l)" = 3 ] || fail "an alert is missing or double"
rm d/alerts/*.ndjson
expect 0 "$DUANKA" snapshot --data d
: >log
start
says log "snapshot of $taken, 0 replayed"
stop -TERM
expect 1 "$DUANKA" snapshot --data nowhere
says err 'there is no journal here'
expect 1 "$DUANKA" snapshot
expect 1 "$DUANKA" snapshot --data d --url "$url"
