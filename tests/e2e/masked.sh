# masked.sh - phone, account, card and identity numbers that people wrote into texts: planted in every text field of every input, they are found in no output.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cat >p/all.dk <<'DK'
entity phone, account
event sms { sender: phone, receiver: phone, body: text, url: text?, note: text? }
event transfer { payer: account, payee: account, amount: money, remark: text?, place: text? }
list "bad" of text from "bad.csv"
rule text on sms about sender when count(sms by sender over 1d) >= 1 then alert red, score 5 because en "{body} {url} {note}" zh "{body} {url} {note}"
rule paid on transfer about payer when count(transfer by payer over 1d) >= 1 then alert red, score 5 because en "{remark} at {place}" zh "{remark} {place}"
rule places on transfer about payer when distinct(place of transfer by payer over 1d) >= 3 then alert red, score 6 because en "places" zh "places"
rule listed on sms about sender when url in list "bad" then alert red, score 7 because en "listed {url}" zh "listed {url}"
rule service on sms about sender when contains(body, "400-669-5566") and contains(body, "95588") then alert blue, score 1 because en "service" zh "service"
DK
printf 'value\nhttp://bad.example/13311112222\n' >p/bad.csv

body='回电13300001111或133-0000-2222，卡6222021953902682094，证11010119900307002X，１３３００００３３３３；客服400-669-5566、95588'
url='http://bad.example/13311112222'
note='133 0000 4444'
planted='13300001111|133-0000-2222|6222021953902682094|11010119900307002|１３３００００３３３３|13311112222|133 0000 4444|0000[- ]?(1111|2222|4444)|13300005555|6217001953902761165|ATM370200[12345]'
nowhere() { # nowhere FILE...: none of them there
	! grep -rqaE -- "$planted" "$@" || {
		grep -raoE -- "$planted" "$@" | sort | uniq -c >&2
		fail "a planted number stands in $*"
	}
}
sms() { # sms TIME
	printf '{"event":"sms","time":"%s","sender":"13800138000","receiver":"13900139000","body":"%s","url":"%s","note":"%s"}\n' "$1" "$body" "$url" "$note"
}
transfer() { # transfer TIME PLACE
	printf '{"event":"transfer","time":"%s","payer":"6222020000546794736","payee":"6228480000599527047","amount":5,"remark":"还款13300005555 6217001953902761165","place":"%s"}\n' "$1" "$2"
}
ndjson() { # ndjson TIME
	sms "$1"
	for i in 1 2 3; do transfer "$1" "ATM370200$i"; done
}
what() { # what FILE: the rules that hit
	grep -ao '"rule":"[a-z]*"' "$1" | sort | uniq -c
}

# detect: NDJSON and CSV, with and without escapes; explained, too. Its quarantine holds what could not be read as it came, and is told to.
ndjson 2026-03-02T10:00:00+08:00 >in.ndjson
expect 0 "$DUANKA" detect -p p --no-progress --lang en --explain -o alerts.ndjson in.ndjson
nowhere out err alerts.ndjson
says alerts.ndjson '回电133********或133-****-****，卡622****************，证110***************，１３３＊＊＊＊＊＊＊＊；客服400-669-5566、95588'
says alerts.ndjson 'http://bad.example/133********'
says alerts.ndjson '133 **** ****'
says alerts.ndjson '"rule":"listed"' # though what is kept of the link would fit many
says alerts.ndjson '"rule":"places"' # three machines, one masked form
says alerts.ndjson '"rule":"service"'
what alerts.ndjson >of_ndjson
sed 's/13300001111/1330000111\\u0031/' in.ndjson >escaped.ndjson
expect 0 "$DUANKA" detect -p p --no-progress --lang en -o again.ndjson escaped.ndjson
nowhere out err again.ndjson
what again.ndjson | cmp - of_ndjson || fail "escapes change a decision"
{
	echo 'time,sender,receiver,body,url,note'
	echo "2026-03-02T10:00:00+08:00,13800138000,13900139000,\"$body, \"\"13300001111\"\"\",$url,$note"
} >sms.csv
{
	echo 'time,payer,payee,amount,remark,place'
	for i in 1 2 3; do echo "2026-03-02T10:00:0$i+08:00,6222020000546794736,6228480000599527047,5,还款13300005555,ATM370200$i"; done
} >transfer.csv
expect 0 "$DUANKA" detect -p p --no-progress --lang en -o csv.ndjson sms.csv transfer.csv
nowhere out err csv.ndjson
what csv.ndjson | cmp - of_ndjson || fail "CSV and NDJSON are decided differently"

# serve: decided, journaled, told, replayed.
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
key=$("$DUANKA" keys add --data d --tenant police --scopes decide,events,alerts,metrics,entities,quarantine)
mkfifo said
"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --tick 1h 2>said &
pid=$!
while IFS= read -r line; do
	echo "$line" >>log
	case $line in *"listening on"*) break ;; esac
done <said
url_of=http://${line##*listening on }
ask() { # ask PATH [curl options]
	path=$1
	shift
	curl -s -H "Authorization: Bearer $key" "$@" "$url_of$path"
}
now=$(date +%s)000000
ndjson "$now" >batch
sms "$now" >one
ask /v1/events --data-binary @batch >answers
says answers '"accepted":4'
ask /v1/decide --data-binary @one >>answers
says answers '"outcome":"accepted"'
sed 's/"receiver":"13900139000",//' one >wrong
ask /v1/decide --data-binary @wrong >>answers
says answers '"reason":"missing"'
ask '/v1/alerts?limit=100' >alerts
says alerts '"rule":"listed"'
ask /v1/explain/1 >explained
ask '/v1/quarantine' >quarantine
ask /metrics >metrics
nowhere answers alerts explained quarantine metrics log
kill -9 $pid # what is in the files now is all there is; the snapshot is written by the next start and end
wait $pid || true
nowhere d
"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --tick 1h 2>said &
pid=$!
while IFS= read -r line; do
	echo "$line" >>log
	case $line in *"listening on"*) break ;; esac
done <said
cat said >>log &
kill $pid
wait $pid || fail "it does not stop"
pid=
nowhere d log
cat d/alerts/*.ndjson >told
what told >of_serve
expect 0 "$DUANKA" replay --data d
nowhere out err
what out | cmp - of_serve || fail "a replay decides differently"
# By time: events of that second, of the day before, of a day.
at=$(date -u -d "@${now%000000}" +%Y-%m-%dT%H:%M:%SZ)
local=$(TZ=UTC-8 date -d "@${now%000000}" +%Y-%m-%d)
expect 0 "$DUANKA" replay --data d --from "$at" --to "$at" --out by_time
cmp by_time told || fail "a replay by time tells other alerts"
expect 0 "$DUANKA" replay --data d --from "$local" --to "$local" --out by_time
cmp by_time told || fail "a replay of a day tells other alerts"
expect 0 "$DUANKA" replay --data d --to 2026-01-01T00:00:00+08:00 --out by_time
[ ! -s by_time ] || fail "alerts before their time"
expect 0 "$DUANKA" replay --data d --from "$at" --to 2 --out by_time
[ "$(wc -l <by_time)" = 0 ] || fail "position 2 is a schema"
expect 1 "$DUANKA" replay --data d --from yesterday
says err 'duanka replay: --from does not take yesterday; write 2026-03-01 or 2026-03-01T08:00:00'
expect 0 "$DUANKA" replay --data d
for rule in listed places service; do says out "\"rule\":\"$rule\""; done
expect 0 "$DUANKA" contacts 13800138000 --data d
nowhere out err
says out '133'
