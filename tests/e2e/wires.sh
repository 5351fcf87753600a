# wires.sh - what goes to others than banks' stops: questions to banks of all manners and their answers, reports of banks and the feedback to them, checks at internet services, dispatches to a station's
# system, lists of the involved and of the disciplined, receipts and feedback to people. Service and banks are killed in the middle of it.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pids=
trap 'for p in $pids; do kill -9 $p 2>/dev/null || true; done; rm -rf "$work"' EXIT
await_file() { # await_file FILE PID
	tries=0
	until [ -s "$1" ]; do
		tries=$((tries + 1))
		kill -0 "$2" 2>/dev/null || fail "the process that writes $1 has ended: $(cat log.* 2>/dev/null | tail -n 5)"
		[ $tries -lt 20000 ] || fail "$1 does not come"
		"$DUANKA" --version >version # takes its time
	done
}
banks='11 12 13 14 15 16'
all="$banks 21 31 41"
(umask 077 && for o in $all; do echo "a-secret-of-organisation-$o" >secret.$o; done)
seat=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles intake,stop-seat,analyst)
leader=$("$DUANKA" keys add --data d --tenant police --scopes desk,metrics,admin --roles leader,admin,dispatcher)
talker=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles dissuasion)
chief=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles city-leader)
officer=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles discipline)
officer_2=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles discipline)
for o in $all; do eval "key_$o=\$(\"\$DUANKA\" keys add --data d --tenant org-$o --scopes connector --roles connector)"; done
shop=$("$DUANKA" keys add --data d --tenant org-21 --scopes desk --roles operator-desk)
mkdir spool
settings() {
	cat <<T
[outbox]
poll = "100ms"
backoff = "30ms"
backoff_most = "1s"
attempts = 100
give_up = "${give_up:-1d}"
list_salt = "the-salt"
[tenant.police]
number = 1
sees = ["*:*.*"]
T
	printf '[tenant.texts]\nnumber = 90\nconnector = "spool"\nconnector_url = "%s/spool"\n' "$work"
	for o in $all; do
		kind=commands
		[ $o -gt 20 ] || kind=case-platform
		printf '[tenant.org-%s]\nnumber = %s\n' $o $o
		[ ! -s "ready.$o" ] || printf 'connector = "%s"\nconnector_url = "http://%s/front"\nconnector_secret = "%s/secret.%s"\nconnector_timeout = "300ms"\n' \
			$kind "$(cat ready.$o)" "$work" $o
		[ $o != 31 ] || echo 'takes = "internet-check,discipline"'
		[ $o != 41 ] || printf 'takes = "dispatch"\ndistricts = "7,9"\n'
	done
}
settings >duanka.toml
start_service() { # start_service ADDRESS
	rm -f ready
	"$DUANKA" serve --config duanka.toml --listen "$1" --data d --policy "$policy" --ready-file ready 2>>log.service &
	service=$!
	pids="$pids $service"
	await_file ready $service
	url=http://$(cat ready)
}
start_service 127.0.0.1:0
start_peer() { # start_peer ORGANISATION KIND MANNER [ADDRESS]
	eval "DUANKA_API_KEY=\$key_$1"
	export DUANKA_API_KEY
	rm -f "ready.$1"
	"$DUANKA" simulate "$2" --listen "${4:-127.0.0.1:0}" --state "state.$1" --secret "secret.$1" --service "$url" --manner "$3" --seed "$1" \
		--ready-file "ready.$1" 2>>"log.$1" &
	eval "peer_$1=$!"
	pids="$pids $!"
	await_file "ready.$1" $!
}
killed() { # killed PID
	kill -9 "$1"
	wait "$1" 2>/dev/null || true
}
set -- good slow wrong double unreachable lying
for o in $banks; do
	start_peer $o bank "$1"
	shift
done
start_peer 21 operator good
start_peer 31 internet slow
start_peer 41 station double
ask() { # ask KEY PATH [curl options]: body in ./body, status in $status
	k=$1
	path=$2
	shift 2
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $k" -H 'If-Match: *' -H 'Content-Type: application/json' "$@" "$url$path") || true
}
takes() { # as ask; must be accepted
	ask "$@"
	[ "$status" = 200 ] || [ "$status" = 201 ] || { cat body >&2; fail "HTTP $status: $*"; }
}
made() { sed 's/.*"object":{"id":"\([A-Z]-[0-9]*\)".*/\1/' body; }
until_says() { # until_says KEY PATH TEXT
	tries=0
	until ask "$1" "$2" && [ "$status" = 200 ] && grep -q -- "$3" body; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || { cat body >&2; fail "$2 never says $3"; }
	done
}
settings >duanka.toml
takes "$leader" /v1/reload -X POST
account() { printf '62220210%02d%08d' "$1" "$2"; } # account BANK N

limit() { # limit NAME VALUE: from now on
	takes "$leader" /v1/limits -d '{"limit":"'"$1"'","value":'"$2"'}'
	takes "$chief" "/v1/limits/$(made)/approve" -d '{}'
}
# The hour at which this runs must not decide: short messages go at any time, and often.
limit warning_sms_from 0
limit warning_sms_to 24
limit warning_sms_day 10

# ---- questions: every manner comes to an end ----
for o in $banks; do
	for what in holder movements follow accounts; do
		who='"account":"'$(account $o 1)'"'
		[ $what != accounts ] || who='"person":"110101199003070038"'
		takes "$seat" /v1/queries -d '{"what":"'$what'",'"$who"',"bank":'$o',"purpose":"追查被骗资金","case_no":"A-2026-1","from":"2026-01-01T00:00:00+08:00","until":"2026-03-01T00:00:00+08:00","days":3}'
		eval "${what}_$o=\$(made)"
	done
	[ $o != 13 ] || { # half of it is said: the service and two of its banks go as if the power had gone
		killed $service
		killed $peer_11
		killed $peer_15
		start_peer 11 bank good "$(cat ready.11)"
		start_peer 15 bank unreachable "$(cat ready.15)"
		start_service "$(cat ready)"
	}
done
for o in $banks; do
	for what in holder movements follow accounts; do
		eval "id=\$${what}_$o"
		case $o in
		13 | 16) until_says "$seat" "/v1/queries/$id" '"state":{"name":"\(answered\|refused\|following\)"\|"late":1\|"name":"sent"' ;; # wrong and lying: whatever it is, nothing false is taken
		*) until_says "$seat" "/v1/queries/$id" '"state":{"name":"\(answered\|following\)"' ;;
		esac
	done
done
takes "$seat" "/v1/queries/$movements_11"
says body '"rows":3,"events":2'
says body '"balance"'
takes "$seat" "/v1/queries/$movements_11/history"
says body '"user":"outbox"'
takes "$seat" "/v1/queries/$holder_11"
says body '"holder":{"kind":"person"'
! grep -q '仿真客户' body || fail "an answer stands open"
takes "$seat" "/v1/desk/views" -d '{"object":"'"$holder_11"'","purpose":"追查","case":"A-2026-1"}'
says body '仿真客户'
ask "$talker" "/v1/desk/views" -d '{"object":"'"$holder_11"'","purpose":"追查","case":"A-2026-1"}'
[ "$status" = 403 ] || fail "HTTP $status: whoever may not ask sees an answer"
ask "$talker" /v1/queries -d '{"what":"holder","account":"'"$(account 11 1)"'","bank":11,"purpose":"x","case_no":"A-1"}'
[ "$status" = 403 ] || fail "HTTP $status: whoever may not ask asks"
ask "$seat" /v1/queries -d '{"what":"holder","account":"'"$(account 11 1)"'","bank":11,"case_no":"A-1"}'
[ "$status" = 422 ] || fail "HTTP $status: a question without a purpose"
# told twice, and by a bank that answers double: the same two transfers
takes "$seat" /v1/queries -d '{"what":"movements","account":"'"$(account 14 1)"'","bank":14,"purpose":"再查","case_no":"A-2026-1","from":"2026-01-01T00:00:00+08:00","until":"2026-03-01T00:00:00+08:00"}'
until_says "$seat" "/v1/queries/$(made)" '"events":2'
takes "$seat" "/v1/queries/$follow_11/end" -d '{}'
until_says "$seat" "/v1/queries/$follow_11" '"state":{"name":"ended"'
"$DUANKA" audit access --data d --from 2020-01-01T00:00:00 >access 2>audit.err || { cat audit.err >&2; fail "audit access"; }
says access 'query'
says access '追查被骗资金'
says access 'asked 查询: movements'

# ---- an involved card and an involved account ----
takes "$shop" /v1/cards -d '{"step":"list","phone":"13821000001","operator":21,"level":2,"basis":"AFL-11","evidence":[1]}'
card=$(made)
takes "$seat" "/v1/cards/$card/involve" -d '{"case_no":"A-2026-1","evidence":[1]}'
until_says "$leader" "/v1/desk/messages?kind=internet-check" '"receiver":"31".*"receipt":"R-'
says state.31 ' check-accounts 13821000001 '
takes "$seat" /v1/accounts -d '{"step":"register","account":"'"$(account 11 2)"'","bank":11}'
takes "$seat" "/v1/accounts/$(made)/involve" -d '{"case_no":"A-2026-1","evidence":[1]}'
until_says "$leader" "/v1/desk/messages?kind=bank-list&state=done" '"receiver":"16"'
hash=$(printf 'the-salt%s' "$(account 11 2)" | openssl dgst -sm3 | sed 's/.*= //' | tr a-f A-F)
for o in 11 12 14; do says state.$o " 100501 $hash "; done

# ---- a device's place is visited: the station's system and its seats ----
takes "$shop" /v1/device-reports -d '{"what":"sim-box","evidence":[1],"device":"862345678901230","district":7,"operator":21}'
report=$(made)
until_says "$leader" "/v1/desk/messages?kind=receipt" '"receiver":"21"'
takes "$leader" "/v1/device-reports/$report/receive" -d '{}'
until_says "$leader" "/v1/desk/messages?kind=dispatch&state=done" '"receiver":"41".*"receipt":"R-'
takes "$leader" "/v1/desk/messages?kind=dispatch&state=seat"
says body '"receiver":"seats"'
says state.41 " dispatch $report "
takes "$shop" /v1/device-reports -d '{"what":"sim-box","evidence":[1],"device":"862345678901248","district":8,"operator":21}'
takes "$leader" "/v1/device-reports/$(made)/receive" -d '{}'
takes "$leader" "/v1/desk/messages?kind=dispatch"
[ "$(grep -o '"receiver":"41"' body | wc -l)" = 1 ] || { cat body >&2; fail "a dispatch of another district"; }

# ---- who reported is answered: a person, and a bank ----
takes "$seat" /v1/clues -d '{"what":"phone","phone":"13821000009","reporter":"139 1234 5678"}'
clue=$(made)
until_says "$leader" "/v1/desk/messages?kind=receipt&object=$clue" '"state":"done"'
grep -l "\"phone\":\"139 1234 5678\".*$clue" spool/X-*.json >found || fail "no receipt to who left a number"
takes "$seat" "/v1/clues/$clue/verify" -d '{"finding":"fraud"}'
takes "$seat" "/v1/clues/$clue/feed-back" -d '{"feedback":"号码已处置"}'
until_says "$leader" "/v1/desk/messages?kind=feedback&object=$clue" '"state":"done"'
grep -l '号码已处置' spool/X-*.json >found || fail "no feedback to who left a number"
takes "$seat" /v1/clues -d '{"what":"phone","phone":"13821000008","reporter":"王大爷，住三号楼"}'
until_says "$leader" "/v1/desk/messages?kind=receipt&object=$(made)" '"receiver":"seats"'

tell() { # tell ORGANISATION PATH FILE: signed; body in ./body, status in $status
	eval "k=\$key_$1"
	at=$(date +%s)
	signature=$({ printf 'v2\nPOST\n%s\n%s\n' "$2" "$at"; cat "$3"; } | openssl dgst -sha256 -hmac "a-secret-of-organisation-$1" | sed 's/.*= //')
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $k" -H "Duanka-Timestamp: $at" -H "Duanka-Signature: ${version:-v2}=$signature" \
		--data-binary "@$3" "$url${4:-$2}") || true
}
reports() { # reports CODE APPLICATION SERIAL FIELDS: what comes back is in body
	printf '<Request><Head><Mode>01</Mode><To>duanka</To><TxCode>%s</TxCode><TransSerialNumber>%s</TransSerialNumber></Head><Body><ApplicationID>%s</ApplicationID>%s<EventTime>20260301080000</EventTime></Body></Request>' \
		"$1" "$3" "$2" "$4" >report.xml
	tell 11 /v1/case-platform report.xml
	[ "$status" = 200 ] || { cat body >&2; fail "HTTP $status"; }
}
number="<AccountNumber>$(account 11 5)</AccountNumber>"
reports 100401 20260301000017 R1 "$number"
says body '<ReturnCode>100000<'
takes "$seat" "/v1/clues?open=true&sort=changed&limit=1"
clue=$(sed 's/.*"id":"\(L-[0-9]*\)".*/\1/' body)
says body '"institution":11'
says body '"form":100401'
takes "$seat" "/v1/clues/$clue/verify" -d '{"finding":"fraud"}'
takes "$seat" "/v1/clues/$clue/feed-back" -d '{"feedback":"已立案","case_no":"A-2026-2"}'
until_says "$leader" "/v1/desk/messages?kind=feedback&object=$clue" '"receiver":"11".*"state":"done"\|"state":"done".*"receiver":"11"'
says state.11 'order 20260301000017 100402 '
reports 100404 E2 R2 "$number<FeatureCode>2001</FeatureCode>"
says body '<ReturnCode>100000<'
takes "$seat" "/v1/accounts?limit=1000"
says body '"reported":"L-'
says body '"reported_as":2001'
reports 100405 E3 R3 "$number<FeatureCode>0000</FeatureCode><OriginalApplicationID>nobodys</OriginalApplicationID>"
says body '<ReturnCode>200010<'
reports 100405 E3 R4 "$number<FeatureCode>0000</FeatureCode><OriginalApplicationID>E2</OriginalApplicationID>"
says body '<ReturnCode>100000<'
takes "$seat" "/v1/accounts?limit=1000"
! grep -q '"reported":"L-' body || fail "what was taken back is still flagged"
takes "$seat" "/v1/clues?state=withdrawn"
says body '"form":100404'
reports 100405 E3 R4 "$number<FeatureCode>0000</FeatureCode><OriginalApplicationID>E2</OriginalApplicationID>" # told twice
says body '<ReturnCode>200003<'
reports 100405 E4 R5 "$number<FeatureCode>1234</FeatureCode>"
says body '<ReturnCode>200001<'

# ---- an involvement is taken back: the white list ----
takes "$seat" /v1/accounts -d '{"step":"register","account":"'"$(account 11 6)"'","bank":11}'
mistaken=$(made)
ask "$seat" "/v1/accounts/$mistaken/uninvolve" -d '{"reason":"误认"}'
[ "$status" = 409 ] || fail "HTTP $status: what was never involved is cleared"
takes "$seat" "/v1/accounts/$mistaken/involve" -d '{"case_no":"A-2026-3","evidence":[1]}'
takes "$leader" "/v1/accounts/$mistaken/uninvolve" -d '{"reason":"误认"}'
says body '"involved":0'
hash=$(printf 'the-salt%s' "$(account 11 6)" | openssl dgst -sm3 | sed 's/.*= //' | tr a-f A-F)
tries=0
until [ "$(grep -c " 100501 $hash " state.11)" = 2 ]; do
	tries=$((tries + 1))
	[ $tries -lt 400 ] || fail "the bank has not heard both: $(cat state.11)"
	ask "$leader" "/v1/desk/messages?kind=bank-list&object=$mistaken"
done

# ---- somebody is disciplined, and is not any more ----
limit discipline_wait 1000000
takes "$officer" /v1/disciplines -d '{"person":"110101199003070038","ground":"false-identity","evidence":[1],"basis":"AFL-31","reason":"冒名开户"}'
listed=$(made)
ask "$officer" "/v1/disciplines/$listed/identify" -d '{}'
[ "$status" = 403 ] || fail "HTTP $status: one alone disciplines"
takes "$officer_2" "/v1/disciplines/$listed/identify" -d '{}'
takes "$officer" "/v1/disciplines/$listed/notify" -d '{"notice":"书面告知"}'
tries=0
until ask "$officer" "/v1/disciplines/$listed/activate" -d '{}' && [ "$status" = 200 ]; do
	tries=$((tries + 1))
	[ $tries -lt 2000 ] || { cat body >&2; fail "it never begins"; }
done
until_says "$leader" "/v1/desk/messages?kind=discipline&object=$listed" '"receiver":"31".*"receipt":"R-'
takes "$officer" "/v1/disciplines/$listed/revoke" -d '{"remark":"误认"}'
until_says "$leader" "/v1/desk/messages?kind=discipline-end&object=$listed" '"receiver":"31".*"receipt":"R-'
[ "$(grep -c ' discipline 1101' state.31) $(grep -c ' discipline-end 1101' state.31)" = "1 1" ] || fail "the discipline has not reached who takes it: $(cat state.31)"

# ---- a bank that lies: what is false is refused, and is a dead letter with its reason ----
give_up=1s settings >duanka.toml
takes "$leader" /v1/reload -X POST
for o in 13 16; do
	n=0
	: >"false.$o"
	expected='return-2000\|refused\|"why":"answer"' # anything but that no answer came in time
	[ $o != 16 ] || expected='"why":"answer"' # told of another account
	until grep -q "$expected" "false.$o"; do
		n=$((n + 1))
		[ $n -lt 60 ] || fail "bank $o never says anything false"
		takes "$seat" /v1/queries -d '{"what":"movements","account":"'"$(account $o $((n + 100)))"'","bank":'$o',"purpose":"x","case_no":"A-9","from":"2026-01-01T00:00:00+08:00","until":"2026-03-01T00:00:00+08:00"}'
		id=$(made)
		until_says "$leader" "/v1/desk/messages?kind=bank-movements&object=$id" '"state":"\(done\|dead\)"'
		! grep -q '"state":"dead"' body || grep -o '"why":"[^"]*"' body >>"false.$o"
		takes "$seat" "/v1/queries/$id"
		! grep -q '"state":{"name":"refused"' body || echo refused >>"false.$o" # it says itself that it has not looked
		! grep -q '"events":[13-9]' body || fail "movements that are none are events"
	done
done
settings >duanka.toml
takes "$leader" /v1/reload -X POST

# ---- a signature of another place, or of another version ----
tell 11 /v1/operator-receipts report.xml /v1/case-platform
[ "$status" = 401 ] || fail "HTTP $status: signed for another path"
says body 'POST, /v1/case-platform'
version=v1
tell 11 /v1/case-platform report.xml
[ "$status" = 401 ] || fail "HTTP $status: an old version"
says body 'only v2'

for t in 6222021011 仿真客户 13821000; do
	! grep -qa -- "$t" d/*.sqlite* d/journal* d/*.ndjson log.service 2>/dev/null || fail "$t stands in plain"
done
kill $service
wait $service || fail "the service did not stop in order"
pids=$(for p in $pids; do [ "$p" = "$service" ] || printf '%s ' "$p"; done)
