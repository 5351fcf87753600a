# dictionary.sh - identifiers behind tokens: nowhere in plain, turned back only with a reason that the journal keeps, erased for good, and none is lost
# by a kill; records in quarantine are sealed, mended once, dropped.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
printf 'value\n13700137009\n' >p/watch.csv
cat >p/r.dk <<'DK'
list "watch" of phone from "watch.csv"
rule watched on call about caller when caller in list "watch" then alert blue, score 1 because "watched"
rule often on call about caller when count(call by caller over 1h) >= 3 then alert red, score 7 because "{count(call by caller over 1h)} calls"
DK
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said
start() {
	"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --tick 1h "$@" 2>said &
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
now=$(date +%s)000000
call() { # call CALLER CALLEE
	printf '{"event":"call","time":"%s","caller":"%s","callee":"%s","talk":12}' "$now" "$1" "$2"
}
token_of() { # token_of PHONE: in $token
	ask /v1/token -d '{"kind":"phone","value":"'"$1"'"}'
	answers 200 '"kind":"phone","token":"'
	token=$(sed 's/.*"token":"\([0-9a-f]*\)".*/\1/' body)
}
reveal() { # reveal TOKEN
	ask /v1/reveal -d '{"kind":"phone","token":"'"$1"'","reason":"case work","case":"2026-17"}'
}
erase() { # erase TOKEN
	ask /v1/erase -d '{"kind":"phone","token":"'"$1"'","reason":"asked for by the person"}'
}
field() { # field NAME: a number of ./body
	sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" body
}
nowhere() { # nowhere TEXT...: not in any file of the data directory, nor in what was said
	for t in "$@"; do
		! grep -rqa -- "$t" d log || fail "$t stands in plain in $(grep -rla -- "$t" d log | tr '\n' ' ')"
	done
}

# A plain quarantine of an older service is taken in and removed.
mkdir -m 700 d
cat >d/quarantine.ndjson <<'EOF'
{"source":"http","line":4,"offset":0,"reason":"missing","field":"callee","message_en":"a required field is missing","message_zh":"缺少必填字段","raw":"{\"event\":\"call\",\"caller\":\"13700137001\"}"}
{"source":"http","line":5,"offset":0,"reason":"nul","field":"","message_en":"the record holds a NUL byte","message_zh":"x","raw_base64":"MTM3MDAxMzcwMDIA"}
{"source":"http","line":6,"off 13700137003
EOF
cp d/quarantine.ndjson old
all=$("$DUANKA" keys add --data d --tenant police --scopes decide,events,alerts,metrics,entities,lists,quarantine,reveal)
weak=$("$DUANKA" keys add --data d --tenant bank-1 --scopes decide,events,alerts,metrics,entities,quarantine)
key=$all
start
says log "its 3 records were taken into the sealed quarantine"
says log "made a master key in d/master.key"
[ ! -e d/quarantine.ndjson ] || fail "the plain quarantine is still there"
[ "$(stat -c %a d/master.key) $(stat -c %s d/master.key)" = "600 32" ] || fail "the master key is open to others, or has another size"
ask '/v1/quarantine'
answers 200 '"number":1,"time":"'
says body '"line":4,"reason":"missing","field":"callee"'
says body '"number":3'
nowhere 13700137001 13700137002 13700137003 MTM3MDAxMzcwMDIA
ask '/v1/quarantine/2?reason=mending'
answers 200 '"record_base64":"MTM3MDAxMzcwMDIA"'
ask '/v1/quarantine/3?reason=mending'
answers 200 '13700137003'
for n in 1 2 3; do ask /v1/quarantine/$n/drop -d '{"reason":"too old"}'; done
answers 200 '"number":3,"state":"dropped","repeated":false'

# Turned back only by who may, with a reason, and never without a trace.
ask /v1/decide -d "$(call 13800138001 13900139001)"
answers 200 '"outcome":"accepted"'
token_of 138-0013-8001
one=$token
says body '"shown":"138****8001"'
reveal "$one"
answers 200 '"plain":"13800138001"'
act=$(field act)
token_of 13900139001
reveal "$token"
answers 200 '"plain":"13900139001"'
[ "$(field act)" = $((act + 2)) ] || fail "a reveal and a look-up are not two acts"
ask /v1/reveal -d '{"kind":"account","token":"'"$one"'","reason":"wrong kind"}'
answers 404 'erased'
# A reason stays in the journal: no numbers of people in it, whatever it is the reason of.
reason='"reason":"the holder of 13812345678"'
for path in /v1/reveal /v1/contacts /v1/erase; do
	ask $path -d '{"kind":"phone","token":"'"$one"'",'"$reason"'}'
	answers 422 'Numbers of people'
done
for path in /v1/reveal /v1/contacts /v1/erase; do # nor in the case
	ask $path -d '{"kind":"phone","token":"'"$one"'","reason":"case work","case":"A-13812345678"}'
	answers 422 'urn:duanka:problem:case'
done
ask /v1/token -d '{"kind":"phone","value":"13800138000",'"$reason"'}'
answers 422 'Numbers of people'
ask '/v1/quarantine/1?reason=13812345678'
answers 422 'Numbers of people'
ask /v1/quarantine/1/drop -d "{$reason}"
answers 422 'Numbers of people'
ask /v1/lists/watch -d '{"entries":[{"value":"13700137010"}],"why":"asked for by 13812345678"}'
answers 422 'Numbers of people'
ask '/v1/lists/watch?why=13812345678' -H 'Content-Type: application/x-ndjson' -d '{"value":"13700137010"}'
answers 422 'Numbers of people'
ask /v1/reveal -d '{"kind":"phone","token":"'"$one"'"}'
answers 400 'reason'
ask /v1/reveal -d '{"kind":"phone","token":"'"$one"'","reason":""}'
answers 400 'reason'
ask /v1/reveal -d '{"kind":"phone","token":"12","reason":"x"}'
answers 400 '32 hexadecimal digits'
ask /v1/reveal -d '{"kind":"horse","token":"'"$one"'","reason":"x"}'
answers 400 'kind of entity'
ask /v1/reveal -d '{"kind":"phone","token":"'"$one"'","reason":"x","reason":"y"}'
answers 400 'flat JSON'
ask /v1/reveal -d '{"kind":"phone","token":["'"$one"'"],"reason":"x"}'
answers 400 'flat JSON'
ask /v1/reveal -d '{"kind":"phone","token":"'"$one"'","reason":"x","tokens":"more"}'
answers 400 'not known'
ask /v1/token -d '{"kind":"phone","value":"x"}'
answers 422 'identifier of that kind'
reveal 0123456789abcdef0123456789abcdef
answers 404 'never seen'
key=$weak
reveal "$one"
answers 403 reveal
erase "$one"
answers 403 reveal
key=$all
id=${all#dk_}
id=${id%%_*}
ask /metrics
says body "duanka_reveals_total{key=\"$id\"} 4"

# Whoever is put on a list by a plain value can be read back from it, without ever having called; nothing stands in plain.
key=$all
ask /v1/lists/watch -d '{"entries":[{"value":"13700137010"},{"value":"137-0013-7011","until":"2099-01-01"}],"why":"reported"}'
answers 200 '"changed":2'
ask '/v1/lists/watch?limit=1000'
answers 200 '"shown":"137****7010"'
for n in 10 11; do
	token=$(tr '{' '\n' <body | sed -n "s/.*\"token\":\"\([0-9a-f]*\)\",\"shown\":\"137\*\*\*\*70$n\".*/\1/p")
	cp body page
	reveal "$token"
	answers 200 "\"plain\":\"137001370$n\""
	cp page body
done
ask /v1/lists/watch -d '{"entries":[{"value":"13700137010"}],"why":"again"}'
answers 200 '"changed":0,"unchanged":1'
nowhere 13700137010 13700137011 137-0013-7011

# The oracle of tokens runs dry.
refused=0
key=$weak
for _ in $(seq 80); do
	ask /v1/token -d '{"kind":"phone","value":"13800138001"}'
	[ "$status" = 200 ] && continue
	refused=$((refused + 1))
	answers 429 'a minute'
done
[ $refused -gt 0 ] || fail "a key may ask for tokens without end"
key=$all

# Bad records: sealed, whatever they hold and wherever they hold it; listed without their content; read for a reason.
ask /v1/decide -d '{"event":"call","time":"'"$now"'","caller":"13600136001"}'
answers 422 '"reason":"missing"'
ask /v1/decide -d '{"event":"call","time":"'"$now"'","caller":"13600136001","13600136002":"x"}'
answers 422 '"field":"13600136002"'
printf '{"event":"call","time":"%s","caller":"13600136003",\n%s\n{"caller":"13600136004"' "$now" "$(call 13600136005 13900139001)" >batch
ask /v1/events --data-binary @batch
answers 200 '"lines":3,"accepted":1,"repeated":0,"late":0,"refused":0,"quarantined":2'
ask '/v1/quarantine?after=3'
answers 200 '"number":4'
says body '"reason":"unknown_field","field":""'
! grep -q 1360013600 body || fail "the list of the quarantine shows what the records hold"
ask '/v1/quarantine/4'
answers 400 'reason'
ask '/v1/quarantine/5?reason=mending'
answers 200 '13600136002'
ask '/v1/quarantine/99?reason=mending'
answers 404 'No such record'
ask '/v1/quarantine?state=lost'
answers 400 'open, mended, dropped'

# Mended: decided like any event, once.
ask /v1/quarantine/4/mend -d ''
answers 422 '"reason":"missing"'
ask /v1/quarantine/4/mend -d '{"record":"'"$(call 13600136001 13900139001 | sed 's/"/\\"/g')"'","reason":"callee known by paper"}'
answers 200 '"number":4,"state":"mended","position":'
says body '"outcome":"accepted","repeated":false'
position=$(field position)
ask /v1/quarantine/4/mend -d ''
answers 200 '"state":"mended","position":'"$position"',"repeated":true'
ask /v1/quarantine/4/drop -d '{"reason":"too late"}'
answers 409 'mended'
ask /v1/quarantine/5/mend -d '{"record":"'"$(call 13600136006 13900139001 | sed "s/$now/1500000000000000/; s/\"/\\\\\"/g")"'"}'
answers 200 '"outcome":"late"'
ask /v1/quarantine/6/drop -d '{}'
answers 400 'reason'
ask /v1/quarantine/6/drop -d '{"reason":"test data"}'
answers 200 '"state":"dropped","repeated":false'
ask /v1/quarantine/6/drop -d '{"reason":"test data"}'
answers 200 '"state":"dropped","repeated":true'
ask /v1/quarantine/6/mend -d ''
answers 409 'dropped'
ask '/v1/quarantine/6?reason=check'
answers 200 '"state":"dropped"'
! grep -q '"record"' body || fail "a dropped record is still there"
ask '/v1/quarantine?state=all&limit=2'
answers 200 '"after":2'
token_of 13600136001
reveal "$token"
answers 200 '"plain":"13600136001"'
ask /metrics
says body 'duanka_quarantine_open 1'

# Erased: nobody can turn it back, not even out of the journal; who comes again is known again.
erase "$one"
answers 200 '"token":"'"$one"'","act":'
reveal "$one"
answers 404 'erased'
erase "$one"
answers 404 'erased'
stop -TERM
[ "$got" = 0 ] || fail "exit status $got after SIGTERM"
start
reveal "$one"
answers 404 'erased'
token_of 13900139001
reveal "$token"
answers 200 '"plain":"13900139001"'
ask /v1/decide -d "$(call 13800138001 13900139001)"
reveal "$one"
answers 200 '"plain":"13800138001"'
cp body seen
ask /metrics
cp body metrics
! grep -q 13800138001 metrics || fail "the metrics show a number"
nowhere 13800138001 13800138002 13900139001 13600136001 13600136002 13600136003 13600136004 13600136005 13600136006 13700137001

# Killed while a client sends: who was acknowledged can be turned back.
for round in 1 2 3; do
	(
		n=0
		while [ $n -lt 300 ]; do
			n=$((n + 1))
			phone=135000$round$(printf %04d $n)
			curl -s -f -o one.$round -H "Authorization: Bearer $key" -d "$(call "$phone" 13900139000)" "$url/v1/decide" || break
			echo "$phone" >>acknowledged.$round
		done
	) &
	client=$!
	i=0
	while [ $i -lt $((round * 9)) ]; do
		ask /v1/ready
		i=$((i + 1))
	done
	kill -9 $pid
	wait $pid 2>/dev/null || true
	wait $client || true
	[ -s acknowledged.$round ] || fail "nothing was acknowledged before the kill"
	start
	for phone in $(tail -n 10 acknowledged.$round); do
		token_of "$phone"
		reveal "$token"
		answers 200 '"plain":"'"$phone"'"'
	done
done
nowhere 135000
two=$token

# The wrong master key, none, and one that others can read.
stop -TERM
(umask 077 && head -c 32 /dev/zero >wrong.key)
expect 1 "$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --master-key wrong.key
says err "d/dictionary.sqlite: the master key does not open this dictionary; name the right one"
one_line err
mv d/master.key kept.key
expect 1 "$DUANKA" serve --data d --policy p --listen 127.0.0.1:0
says err "it was made with a master key: put that back"
[ ! -e d/master.key ] || fail "a new master key was made over an old dictionary"
mv kept.key d/master.key
chmod 644 d/master.key
expect 1 "$DUANKA" serve --data d --policy p --listen 127.0.0.1:0
says err "others can read this key"
chmod 600 d/master.key

# Without the service.
"$DUANKA" dictionary count --data d >count
[ "$(cat count)" -gt 10 ] || fail "the dictionary has $(cat count) entries"
expect 0 "$DUANKA" dictionary reveal --data d --reason "court order" --case 9 phone "$two"
[ "$(cat out)" = "$phone" ] || fail "the command turns a token into something else"
expect 1 "$DUANKA" dictionary reveal --data d phone "$two"
says err "--reason is missing"
expect 1 "$DUANKA" dictionary reveal --data d --reason x horse "$two"
says err "no such kind"
expect 1 "$DUANKA" dictionary reveal --data d --reason "the holder of 13812345678" phone "$two"
says err "numbers of people"
expect 0 "$DUANKA" dictionary erase --data d --reason "asked for" phone "$two"
expect 1 "$DUANKA" dictionary reveal --data d --reason x phone "$two"
says err "has been erased"
expect 0 "$DUANKA" dictionary rotate --data d
expect 0 "$DUANKA" dictionary rewrap --data d --to new.key
says err "--master-key new.key"
expect 1 "$DUANKA" dictionary count --data d
says err "does not open this dictionary"
mv new.key d/master.key
expect 0 "$DUANKA" audit verify --data d
expect 1 "$DUANKA" dictionary count --data .
says err "no journal here"
grep -qa '{"act":"reveal","who":"police/' d/journal/*.seg || fail "a reveal is not in the journal"
grep -qa '"act":"reveal","who":"local/","why":"court order"' d/journal/*.seg || fail "a reveal by the command is not in the journal"
for act in erase token record_read record_mend record_drop rotate rewrap; do
	grep -qa '{"act":"'$act'"' d/journal/*.seg || fail "$act is not in the journal"
done
start
reveal "$two"
answers 404 'erased'
token_of 13900139000
reveal "$token"
answers 200 '"plain":"13900139000"'
expect 1 "$DUANKA" dictionary count --data d
says err "POST /v1/reveal"

# Switched off: tokens stay tokens; the quarantine is sealed as ever.
stop -TERM
start --no-dictionary
ask /v1/decide -d "$(call 13400134001 13900139000)"
answers 200 '"outcome":"accepted"'
token_of 13400134001
reveal "$token"
answers 404 'never seen'
ask /v1/decide -d '{"event":"call","caller":"13400134002"}'
answers 422 '"reason":"missing"'
nowhere 13400134001 13400134002
stop -TERM
"$DUANKA" replay --data d --key "$work/key" --out again
cat d/alerts/*.ndjson | cmp -s - again || fail "a replay gives other alerts"
