# policies.sh - policies and lists change while the service runs: checked, put in force, promoted, rolled back, tried out on the past; lists go with
# them; a schema that does not extend the one in force is refused; killed in the midst of a change, it is the old policy or the new one. In the end a
# replay tells the same alerts byte for byte.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir -p p/lists
cat >p/00-schema.dk <<'DK'
entity phone, account
event call { caller: phone, callee: phone, talk: duration? }
event sms { sender: phone, body: text }
DK
cat >p/rules.dk <<'DK'
list "couriers" of phone from "lists/couriers.csv"
list "words" of text from "lists/words.csv"
rule often shadow on call about caller   # watched only
  when count(call by caller over 1h) >= 3 and not caller in list "couriers"
  then alert red, score 7 because "{count(call by caller over 1h)} calls"
rule word on sms about sender when body in list "words" then alert blue, score 1 because "a word of the list"
DK
printf 'value,until,note\n13800138050,,a courier\n' >p/lists/couriers.csv
printf 'value,until\nprize,\n' >p/lists/words.csv

start() { # with a pipe of its own: a snapshot's child may hold the one of a service that was killed a moment longer
	rm -f said
	mkfifo said
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
json() { # json FILE: its text as a JSON string
	printf '"%s"' "$(sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/$/\\n/' "$1" | tr -d '\n')"
}
files() { # files DIR: "files":[...] of a policy directory
	printf '"files":['
	comma=
	for f in "$1"/*.dk "$1"/lists/*.csv; do
		[ -f "$f" ] || continue
		printf '%s{"path":"%s","text":%s}' "$comma" "$f" "$(json "$f")"
		comma=,
	done
	printf ']'
}
member() { # member NAME: the last number of that name in ./body
	sed 's/.*"'"$1"'":\([0-9]*\)[,}].*/\1/' body
}
get() { # get EXPRESSION: of the answer in ./body, as j
	node -e 'const j = JSON.parse(require("fs").readFileSync("body", "utf8")); console.log('"$1"')'
}
over() { # until the job of the last answer is over; its last state in $state and ./body
	job=$(sed -n 's/^{"job":"\([0-9]*\)"}$/\1/p' body)
	[ -n "$job" ] || {
		cat body >&2
		fail "no job was begun"
	}
	state=running
	while [ "$state" = running ] || [ "$state" = waiting ]; do # each look is a request of its own: no waiting but for these
		ask "/v1/jobs/$job"
		state=$(sed 's/.*"state":"\([a-z]*\)".*/\1/' body)
	done
}
finish() { # finish STATE
	over
	[ "$state" = "$1" ] || {
		cat body >&2
		fail "job $job is $state instead of $1"
	}
}
now=$(date +%s)
at=0
call() { # call CALLER CALLEE: one decision
	at=$((at + 1))
	ask /v1/decide -d '{"event":"call","time":"'$((now * 1000000 + at))'","caller":"'"$1"'","callee":"'"$2"'"}'
}
key=$("$DUANKA" keys add --data d --tenant police --scopes decide,events,alerts,policies,lists,metrics)
weak=$("$DUANKA" keys add --data d --tenant bank --scopes decide)
start

# ---- checking ----
ask /v1/policies/validate -d "{$(files p)}"
answers 200 '"ok":true'
says body '{"name":"often","mode":"shadow","severity":"red","aggregates":1,"rings":1,"bytes_per_event":'
says body '"schema":{"extends":true'
ask /v1/policies/validate -d '{"files":[{"path":"a/b.dk","text":"entity phone\nevent call { caller: phone }\nrule x on call about caler when caller = caller then alert red because \"x\""}]}'
answers 200 '{"ok":false,"errors":[{"path":"a/b.dk","line":3,"column":22,"kind":"error","message":"call has no field caler; did you mean caller?","remedy":"did you mean caller?"}]}'
ask /v1/policies -d '{"why":"x","files":[{"path":"a.dk","text":"rule"}]}'
answers 422 '"errors":[{"path":"a.dk","line":1,"column":5'
for wrong in '{"why":"x"}' '{"why":"x","files":[]}' '{"why":"x","files":[{"path":"../a.dk","text":""}]}' '{"why":"x","files":[{"path":"a.txt","text":""}]}' \
	'{"why":"x","files":[{"path":"a.dk","text":"entity phone"},{"path":"a.dk","text":"entity phone"}]}' '[]' '{'; do
	ask /v1/policies -d "$wrong"
	answers 400 '"type":"urn:duanka:problem:body"'
done
ask /v1/policies -d "{$(files p)}"
answers 400 'A reason is needed'
for path in /v1/policies/validate /v1/policies /v1/policies/rollback /v1/rules/often/mode /v1/backtests /v1/lists/couriers; do
	good=$key
	key=$weak
	ask $path -d "{$(files p)}"
	answers 403 'may not do that'
	key=$good
done

# ---- shadow to live: one word of one file ----
for i in 1 2 3 4; do call 13800138001 1390013900$i; done
answers 200 '"severity":"none"'
says body '"mode":"shadow"'
ask /v1/rules/often/mode -d '{"mode":"loud","why":"x"}'
answers 400 '\"mode\" is'
ask /v1/rules/seldom/mode -d '{"mode":"live","why":"x"}'
answers 404 'No such rule'
ask /v1/rules/often/mode -d '{"mode":"shadow","why":"x"}'
answers 200 '"changed":false'
ask /v1/rules/often/mode -d '{"mode":"live","why":"two weeks without a false alarm"}'
answers 202 '"job":'
finish done
first=$(member before)
second=$(member position)
call 13800138001 13900139005
answers 200 '"severity":"red","score":7'
says body '5 calls'
ask "/v1/policies/$first"
get 'j.files[1].text' >was
ask /v1/policies/current
get 'j.files[1].text' >is
sed 's/rule often shadow/rule often live/' was >should
cmp -s is should || fail "more than the mode has changed"
ask /v1/policies
answers 200 "\"current\":$second"
says body '"act":"rule-mode","who":"police/'
says body '"why":"two weeks without a false alarm"'
[ "$(get 'j.policies.map(p => p.position).join()')" = "$second,$first" ] || fail "the policies that were in force are not told, the newest first"

# ---- lists ----
ask /v1/lists
answers 200 '{"name":"couriers","of":"phone","entries":1},{"name":"words","of":"text","entries":1}'
ask /v1/lists/couriers
answers 200 '"shown":"138****8050","until":null'
token=$(get 'j.entries[0].token')
ask /v1/lists/couriers -d '{"entries":[{"value":"13800138001","until":"2099-12-31"},{"value":"13800138002"}],"why":"known couriers"}'
answers 200 '{"changed":2,"unchanged":0,"no_room":0}'
ask /v1/lists/couriers -d '{"entries":[{"value":"13800138001","until":"2099-12-31"}],"why":"again"}'
answers 200 '{"changed":0,"unchanged":1,"no_room":0}'
call 13800138001 13900139006
answers 200 '"severity":"none"'
ask /v1/lists/couriers -d '{"entries":[{"value":"13800138001","until":"2020-01-01"}],"why":"it ended"}'
answers 200 '"changed":1'
call 13800138001 13900139007
answers 200 '"severity":"red"'
ask '/v1/lists/couriers/remove' -d '{"entries":[{"token":"'"$token"'"},{"value":"13911111111"}],"why":"no courier any more"}'
answers 200 '{"changed":1,"unchanged":1,"no_room":0}'
printf '{"value":"lottery"}\n\n{"value":"refund","until":"2099-01-01T00:00:00Z"}\n' >lines
ask '/v1/lists/words?why=more%20words' --data-binary @lines
answers 200 '"changed":2'
ask /v1/decide -d '{"event":"sms","time":"'$((now * 1000000 + 500))'","sender":"13800138009","body":"lottery"}'
answers 200 '"severity":"blue"'
ask '/v1/lists/words?limit=2'
after=$(get j.after)
[ "$(get j.entries.length)" = 2 ] || fail "a page is not as long as was asked"
ask "/v1/lists/words?limit=2&after=$after"
[ "$(get 'j.entries.length + " " + j.after')" = "1 null" ] || fail "the next page does not have the rest"
ask /v1/lists/couriers -d '{"entries":[{"value":"not a number"},{"value":"13800138001","until":"soon"},{"token":"abc"},{"token":"00000000000000000000000000000001"}],"why":"x"}'
answers 422 '{"entry":1,"message":"'
says body '{"entry":2,"message":"\"until\" is'
says body '{"entry":3,"message":"a token has 32'
ask /v1/lists/couriers -d '{"entries":[{"token":"00000000000000000000000000000001"},{"value":"13800138077"}],"why":"x"}'
answers 422 '{"entry":1,"message":"this token is not known here; send the value"}'
ask /v1/lists/nobody
answers 404 'No such list'
ask /v1/lists/couriers -d '{"entries":[],"why":"x"}'
answers 400 'There are no entries'
ask /v1/lists/couriers -d '{"entries":[{"value":"13800138001"}]}'
answers 400 'A reason is needed'

# ---- another policy: new event, new optional field, a list less and one more; its windows are filled ----
cp -r p p2
printf 'event call { caller: phone, callee: phone, talk: duration?, cell: text? }\n' >line
sed -i -e '/^event call/{r line
d}' p2/00-schema.dk
echo 'event transfer { payer: account, amount: money }' >>p2/00-schema.dk
cat >p2/rules.dk <<'DK'
list "couriers" of phone from "lists/couriers.csv"
list "mules" of account from "lists/mules.csv"
rule often on call about caller when count(call by caller over 1h) >= 5 and not caller in list "couriers"
  then alert red, score 9 because "{count(call by caller over 1h)} calls of 5"
rule mule on transfer about payer when payer in list "mules" then alert purple, score 50 because "on the list"
DK
printf 'value\n6222000000000001\n6222000000000002\n' >p2/lists/mules.csv
ask /v1/policies -d "{\"why\":\"spring\",$(files p2)}"
answers 400 'p2/lists/words.csv: no list of this policy is from this file'
says body '"detail_zh":"p2/lists/words.csv：此策略没有取自此文件的名单"'
rm p2/lists/words.csv
ask /v1/policies -d "{\"why\":\"spring\",$(files p2)}"
answers 202 '"job":'
finish done
third=$(member position)
call 13800138001 13900139008
answers 200 '"score":9'
says body '8 calls of 5'
ask /v1/decide -d '{"event":"transfer","time":"'$((now * 1000000 + 600))'","payer":"6222000000000002","amount":"10"}'
answers 200 '"severity":"purple"'
ask /v1/lists
answers 200 '{"lists":[{"name":"couriers","of":"phone","entries":2},{"name":"mules","of":"account","entries":2}]}'
ask /v1/lists/words
answers 404 'No such list'
ask /v1/lists/couriers/remove -d '{"entries":[{"value":"13800138002"}],"why":"x"}'
answers 200 '"changed":1'

# ---- a schema that does not extend the one in force ----
sed 's/talk: duration?, //' p2/00-schema.dk >p2/00-schema.dk.new
mv p2/00-schema.dk.new p2/00-schema.dk
ask /v1/policies/validate -d "{$(files p2)}"
answers 200 '"schema":{"extends":false,"why":"field call.talk is missing"}'
ask /v1/policies -d "{\"why\":\"less\",$(files p2)}"
answers 409 'field call.talk is missing. A running service takes only a schema that extends the one in force; to change it otherwise, stop the service and start it with --adopt'
says body '"detail_zh":"缺少字段 call.talk。运行中的服务只接受现行结构的扩展；'
ask /v1/policies/rollback -d "{\"to\":$first,\"why\":\"back\"}"
answers 409 'field call.cell is missing'

# ---- a backtest: nothing changes by it ----
ask /v1/ready
before=$(member next)
cp p2/rules.dk rules
ask "/v1/policies/$third"
get 'j.files[0].text' >p2/00-schema.dk
sed -i 's/>= 5/>= 3/; s/score 9/score 8/' p2/rules.dk
ask /v1/backtests -d "{$(files p2)}"
answers 202 '"job":'
finish done
says body '"against":'"$third"
[ "$(get 'JSON.stringify(j.result.rules)')" = '[{"rule":"mule","old":1,"new":1,"same":1,"changed":0,"gained":0,"lost":0},{"rule":"often","old":4,"new":6,"same":0,"changed":4,"gained":2,"lost":0}]' ] ||
	{ cat body; fail "the backtest does not add up"; }
[ "$(get 'j.result.changed.length + " " + j.result.gained.length + " " + j.result.lost.length')" = "4 2 0" ] || fail "its samples are not complete"
says body '.often","new":{"time":"'
ask /v1/backtests -d "{\"from\":$third,$(files p2)}"
finish done
[ "$(get 'j.result.counts.new')" = 2 ] || fail "alerts before the span count"
ask /v1/backtests -d "{\"from\":\"2099-01-01\",$(files p2)}"
finish done
[ "$(get 'j.result.counts.new + j.result.counts.old')" = 0 ] || fail "alerts outside the span of time count"
ask /v1/backtests -d "{\"from\":9,\"to\":3,$(files p2)}"
answers 400 'in this order'
ask /v1/ready
[ "$(member next)" = "$before" ] || fail "a backtest has left a record"
ask /v1/jobs
[ "$(get 'j.jobs.length')" = 5 ] || fail "not all jobs are remembered"
ask /v1/jobs/1
answers 404 'No such job'

# ---- back to an older one with the same schema; lists stay as they are ----
cp rules p2/rules.dk
sed -i 's/score 9/score 11/' p2/rules.dk
ask /v1/policies -d "{\"why\":\"eleven\",$(files p2)}"
finish done
call 13800138001 13900139009
answers 200 '"score":11'
ask /v1/policies/rollback -d "{\"to\":$third,\"why\":\"nine was right\"}"
answers 202 '"job":'
finish done
call 13800138001 13900139010
answers 200 '"score":9'
ask /v1/lists
answers 200 '{"name":"couriers","of":"phone","entries":1}'
ask /v1/policies
says body '"act":"policy-rollback"'
[ "$(get 'j.policies[0].digest == j.policies[2].digest')" = true ] || fail "the same texts have another digest"
ask /v1/policies/rollback -d '{"to":1234567,"why":"x"}'
answers 404 'No such policy'

# ---- restarts: from the snapshot, and without it ----
for snapshot in with without; do
	stop -TERM
	[ "$got" = 0 ] || fail "exit status $got after SIGTERM"
	[ $snapshot = with ] || rm -r d/snapshot
	start
	ask /v1/policies
	[ "$(get 'j.policies.length')" = 5 ] || fail "a restart $snapshot a snapshot forgets policies"
	says body '"why":"two weeks without a false alarm"'
	ask /v1/lists
	answers 200 '{"name":"couriers","of":"phone","entries":1},{"name":"mules","of":"account","entries":2}'
	call 13800138001 13900139011
	answers 200 '"score":9'
done

# ---- killed at any moment of a change: the old policy or the new one, and what it says of itself is true ----
awk -v t="$now" 'BEGIN { for (i = 0; i < 20000; i++) printf "{\"event\":\"call\",\"time\":\"%d000%03d\",\"caller\":\"1390000%04d\",\"callee\":\"1380000%04d\"}\n", t, i % 1000, i % 500, i }' >many
ask /v1/events --data-binary @many
answers 200 '"complete":true'
score=9
for round in 1 2 3 4 5 6; do
	sed "s/score 9/score $((20 + round))/" rules >p2/rules.dk
	ask /v1/policies -d "{\"why\":\"round $round\",$(files p2)}"
	answers 202 '"job":'
	cp body begun
	i=0
	while [ $i -lt $((round * 2)) ]; do # some requests pass the time
		ask /v1/jobs
		i=$((i + 1))
	done
	if [ $round = 1 ]; then # once when it is over
		cp begun body
		finish done
	fi
	kill -9 $pid
	wait $pid 2>/dev/null || true
	start
	ask /v1/policies
	why=$(get 'j.policies[0].why')
	[ "$why" != "round $round" ] || score=$((20 + round))
	call 13800138001 13900139012
	answers 200 "\"score\":$score"
done

# ---- given up: nothing has happened ----
ask /v1/policies
before=$(member current)
ask /v1/policies -d "{\"why\":\"in vain\",$(files p2)}"
cp body vain
ask /v1/policies -d "{\"why\":\"a second one\",$(files p2)}"
[ "$status" = 409 ] || [ "$status" = 202 ] || fail "two changes at a time: HTTP $status"
job=$(sed 's/[^0-9]//g' vain)
ask "/v1/jobs/$job" -X DELETE
answers 200 "\"id\":\"$job\""
cp vain body
over
ask /v1/policies
case $state in
aborted) [ "$(get 'j.policies.filter(p => p.why == "in vain").length')" = 0 ] || fail "an abandoned change took effect" ;;
done) [ "$(get 'j.policies.filter(p => p.why == "in vain").length')" = 1 ] || fail "a change that was done did not take effect" ;;
*) fail "an abandoned job is $state" ;;
esac
ask /metrics
says body "duanka_policy_position "
stop -TERM
[ "$got" = 0 ] || fail "exit status $got after SIGTERM"

# ---- a schema that is another: only with --adopt, and its windows are filled from what it knows ----
mkdir p3
sed 's/talk: duration?, //' p2/00-schema.dk >p3/00-schema.dk
sed 's/score [0-9]* because "{/score 33 because "{/' p2/rules.dk >p3/rules.dk
mkdir p3/lists && printf 'value\n13800138099\n' >p3/lists/couriers.csv && printf 'value\n' >p3/lists/mules.csv
rm -rf p && mv p3 p
start --adopt
call 13800138001 13900139013
answers 200 '"score":33'
ask /v1/lists
answers 200 '{"name":"couriers","of":"phone","entries":1}'
ask /v1/lists/couriers
says body '"shown":"138****8001"'
ask /v1/policies
says body '"who":"duanka serve --adopt"'
stop -TERM

expect 0 "$DUANKA" replay --data d --key "$work/key" --out again
cat d/alerts/*.ndjson | cmp -s - again || fail "a replay gives other alerts"
expect 0 "$DUANKA" audit verify --data d
says out "whole and unaltered"
! grep -rqE '13800138001|13800138002|6222000000000001' d/journal d/alerts d/snapshot || fail "a plain number stands in the journal, the alerts or a snapshot"
