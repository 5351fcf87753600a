# institutions.sh - a service and eight institutions of all manners: good, slow, wrong, double-answering, unreachable and lying banks, and two operators. Orders go out while any of the nine is killed with -9
# at seeded moments. Then all of it is reconciled: no order lost, none in effect twice, no account stopped a third time, time limits the same before and after a restart.
. "$SOURCE_DIR/tests/e2e/lib.sh"
seed=${INSTITUTIONS_SEED:-20260301}
echo "seed $seed"
steps=60
manners='good slow wrong double unreachable lying'
pids=
trap 'for p in $pids; do kill -9 $p 2>/dev/null; done; rm -rf "$work"' EXIT
draw() { # draw N: a number from 0 to N - 1 in $drawn
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	drawn=$((seed / 65536 % $1))
}
forget() { # forget PID
	rest=
	for p in $pids; do [ "$p" = "$1" ] || rest="$rest $p"; done
	pids=$rest
}
await_file() { # await_file FILE PID: looked at again and again, a bounded number of times
	tries=0
	until [ -s "$1" ]; do
		tries=$((tries + 1))
		kill -0 "$2" 2>/dev/null || fail "the process that writes $1 has ended: $(cat log.* 2>/dev/null | tail -n 5)"
		[ $tries -lt 20000 ] || fail "$1 does not come"
		"$DUANKA" --version >version # takes its time
	done
}

# ---- the service ----
(umask 077 && for o in 11 12 13 14 15 16 21 22; do echo "a-secret-of-organisation-$o" >secret.$o; done)
seat=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles intake,stop-seat)
leader=$("$DUANKA" keys add --data d --tenant police --scopes desk,metrics,admin --roles leader,admin)
for o in 11 12 13 14 15 16; do
	eval "key_$o=\$(\"\$DUANKA\" keys add --data d --tenant org-$o --scopes connector --roles connector)"
done
for o in 21 22; do
	eval "key_$o=\$(\"\$DUANKA\" keys add --data d --tenant org-$o --scopes connector --roles connector)"
	eval "desk_$o=\$(\"\$DUANKA\" keys add --data d --tenant org-$o --scopes desk --roles operator-desk)"
done
listen=127.0.0.1:0
mkdir spool
settings() {
	cat <<T
[service]
tick = "1s"
[outbox]
poll = "100ms"
backoff = "30ms"
backoff_most = "1s"
attempts = 100
[tenant.police]
number = 1
sees = ["*:*.*"]
T
	printf '[tenant.texts]\nnumber = 90\nconnector = "spool"\nconnector_url = "%s/spool"\n' "$work"
	for o in 11 12 13 14 15 16 21 22; do
		kind=case-platform
		[ $o -lt 20 ] || kind=commands
		printf '[tenant.org-%s]\nnumber = %s\n' $o $o
		[ ! -s "ready.$o" ] || printf 'connector = "%s"\nconnector_url = "http://%s/front"\nconnector_secret = "%s/secret.%s"\nconnector_timeout = "300ms"\n' \
			$kind "$(cat ready.$o)" "$work" $o
	done
}
start_service() {
	rm -f ready
	settings >duanka.toml
	"$DUANKA" serve --config duanka.toml --listen "$listen" --data d --policy "$policy" --ready-file ready 2>>log.service &
	service=$!
	pids="$pids $service"
	await_file ready $service
	listen=$(cat ready)
	url=http://$listen
}
kill_service() {
	kill -9 $service
	wait $service 2>/dev/null || true
	forget $service
}
start_peer() { # start_peer ORGANISATION: on the port that it had
	at=127.0.0.1:0
	[ ! -s "ready.$1" ] || at=$(cat "ready.$1")
	rm -f "ready.$1"
	what=bank
	[ "$1" -lt 20 ] || what=operator
	eval "DUANKA_API_KEY=\$key_$1"
	export DUANKA_API_KEY
	eval "manner=\$manner_$1"
	"$DUANKA" simulate $what --listen "$at" --state "state.$1" --secret "secret.$1" --service "$url" --manner "$manner" \
		--seed "$1" --ready-file "ready.$1" 2>>"log.$1" &
	eval "peer_$1=$!"
	pids="$pids $!"
	await_file "ready.$1" $!
}
kill_peer() {
	eval "p=\$peer_$1"
	kill -9 "$p"
	wait "$p" 2>/dev/null || true
	forget "$p"
}
start_service
o=11
for m in $manners; do
	eval "manner_$o=$m"
	o=$((o + 1))
done
manner_21=mix
manner_22=double
for o in 11 12 13 14 15 16 21 22; do start_peer $o; done

# ---- people ----
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
settings >duanka.toml
takes "$leader" /v1/reload -X POST
made() { sed 's/.*"object":{"id":"\([A-Z]-[0-9]*\)".*/\1/' body; }
account() { printf '62220210%02d%08d' "$1" "$2"; } # account BANK N
strike() { # strike ORGANISATION: while its order is on the way, sometimes it or the service is killed
	draw 8
	case $drawn in
	0 | 1) kill_service; start_service ;;
	2 | 3) kill_peer $1; start_peer $1 ;;
	esac
}
extend() { # the newest order, if it is in force
	[ -n "$stop" ] || return 0
	ask "$seat" "/v1/stops/$stop/ask-extension" -d '{}'
	[ "$status" = 200 ] || { says body refused; return 0; }
	ask "$leader" "/v1/stops/$stop/extend" -d '{}'
	[ "$status" = 200 ] || says body refused # the order may just have ended
	strike $bank
}
freeze() { # freeze BANK N
	takes "$seat" /v1/freezes -d '{"account":"'"$(account "$1" "$2")"'","bank":'"$1"',"scope":"full","case_no":"A-2026-1","months":6,"basis":"CPL-144","evidence":[1]}'
	id=$(made)
	takes "$leader" "/v1/freezes/$id/approve" -d '{}'
	echo "$id $1" >>frozen
	strike $1
}
stop() { # stop BANK N: drafted and approved, if the law allows one more; id in $stop, else empty
	ask "$seat" /v1/stops -d '{"account":"'"$(account "$1" "$2")"'","bank":'"$1"',"amount":"5000.00","basis":"AFL-20","evidence":[1],"account_name":"王小明","reason":"受害人报警"}'
	stop=
	case $status in
	200 | 201)
		stop=$(made)
		takes "$leader" "/v1/stops/$stop/approve" -d '{}'
		echo "$stop $1 $2" >>ordered
		strike $1
		;;
	409) says body refused ;;
	*) cat body >&2; fail "HTTP $status" ;;
	esac
}
card() { # card OPERATOR N: listed, and its holder told to verify
	eval "k=\$desk_$1"
	takes "$k" /v1/cards -d '{"step":"list","phone":"138'"$(printf '%02d%06d' "$1" "$2")"'","operator":'"$1"',"level":2,"basis":"AFL-11","evidence":[1]}'
	id=$(made)
	eval "k=\$desk_$1"
	takes "$k" "/v1/cards/$id/notify" -d '{}'
	echo "$id $1" >>cards
}
release() { # the newest order, if it is in force
	[ -n "$stop" ] || return 0
	ask "$leader" "/v1/stops/$stop/release" -d '{"cause":"decided"}'
	case $status in 200 | 409) ;; *) cat body >&2; fail "HTTP $status" ;; esac
}

: >ordered
: >cards
: >frozen
stop=
bank=11
for o in 11 12 13 14 15 16; do stop $o 1; done # each manner at least once
n=0
while [ $n -lt $steps ]; do
	n=$((n + 1))
	draw 12
	case $drawn in
	0) release ;;
	10) extend ;;
	11) draw 6; freeze $((11 + drawn)) $n ;;
	1) draw 2; card $((21 + drawn)) $n ;;
	2) draw 6; kill_peer $((11 + drawn)); start_peer $((11 + drawn)) ;;
	3) draw 2; kill_peer $((21 + drawn)); start_peer $((21 + drawn)) ;;
	4) draw 3; [ $drawn -gt 0 ] || { kill_service; start_service; } ;;
	*) draw 6; bank=$((11 + drawn)); draw 4; stop $bank $((1 + drawn)) ;;
	esac
done

# ---- until everything has come to an end ----
none() { # none PATH: an empty list
	ask "$leader" "$1"
	[ "$status" = 200 ] && ! grep -q '"id":"' body
}
settled() { # no order waits for an answer, and no message is on its way any more
	none '/v1/stops?state=sent,landed&limit=1' && none '/v1/freezes?state=sent&limit=1' || return 1
	ask "$leader" '/v1/desk/messages?limit=500'
	[ "$status" = 200 ] || return 1
	! grep -Eq '"kind":"bank-[a-z-]*","state":"(waiting|sent|receipted)"' body && ! grep -Eq '"kind":"operator-[a-z-]*","state":"(waiting|sent)"' body
}
n=0
until settled; do
	n=$((n + 1))
	[ $n -lt 6000 ] || { cat body >&2; fail "orders do not come to an end"; }
done
ask "$leader" '/v1/stops?limit=1000'
cp body stops.before
kill_service
start_service
n=0
until ask "$leader" '/v1/stops?limit=1000' && [ "$status" = 200 ] && cmp -s body stops.before; do
	n=$((n + 1))
	[ $n -lt 500 ] || { diff stops.before body >&2; fail "the orders are others after a restart"; }
done
ask "$leader" '/v1/accounts?limit=1000'
cp body accounts
ask "$leader" '/v1/desk/messages?limit=500'
cp body messages
ask "$leader" '/v1/freezes?limit=1000'
cp body freezes
ask "$leader" '/v1/cards?limit=1000'
cp body cards.json
node "$SOURCE_DIR/tests/e2e/institutions.mjs" || fail "what the service believes and what institutions did differ"

# ---- what comes by itself ----
tell() { # tell KEY-OF SECRET-OF PATH FILE [TIME]: signed; body in ./body, status in $status
	eval "k=\$key_$1"
	at=${5:-$(date +%s)}
	signature=$({ printf 'v2\nPOST\n%s\n%s\n' "$3" "$at"; cat "$4"; } | openssl dgst -sha256 -hmac "a-secret-of-organisation-$2" | sed 's/.*= //')
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $k" -H "Duanka-Timestamp: $at" -H "Duanka-Signature: v2=$signature" \
		--data-binary "@$4" "$url$3") || true
}
got() { # got STATUS TEXT
	[ "$status" = "$1" ] || { cat body >&2; fail "HTTP $status instead of $1"; }
	says body "$2"
}
printf '<Request><Head><Mode>01</Mode><To>duanka</To><TxCode>100405</TxCode><TransSerialNumber>R17</TransSerialNumber></Head><Body><ApplicationID>E17</ApplicationID><AccountNumber>6222021199999999995</AccountNumber><FeatureCode>3006</FeatureCode><EventTime>20260301080000</EventTime><EventRemark>快进快出</EventRemark></Body></Request>' >report.xml
tell 11 12 /v1/case-platform report.xml
got 401 signature
tell 11 11 /v1/case-platform report.xml 1000000000
got 401 '5 minutes'
tell 11 11 /v1/case-platform report.xml
got 200 '<ReturnCode>100000</ReturnCode>'
tell 11 11 /v1/case-platform report.xml
got 200 '<ReturnCode>200003</ReturnCode>'
tell 12 12 /v1/case-platform report.xml # the same number of another bank is another report
got 200 '<ReturnCode>100000</ReturnCode>'
tell 21 21 /v1/case-platform report.xml
got 403 connector
ask "$leader" '/v1/clues?limit=10'
[ "$(grep -o '"id":"L-' body | wc -l)" = 2 ] || { cat body >&2; fail "the reports are not two clues"; }
id=$(sed -n '1s/^\([^ ]*\) 11 .*/\1/p' ordered)
printf '<Request><Head><Mode>01</Mode><To>duanka</To><TxCode>100102</TxCode><TransSerialNumber>1</TransSerialNumber></Head><Body><ApplicationID>S%016X</ApplicationID><ReturnCode>200010</ReturnCode></Body></Request>' "${id#S-}" >foreign.xml
tell 12 12 /v1/case-platform foreign.xml
got 200 '<ReturnCode>200004</ReturnCode>'
echo '<Request>' >broken.xml
tell 11 11 /v1/case-platform broken.xml
got 400 'no message'
echo '{"id":"X-1","result":"done"}' >receipt.json
tell 21 21 /v1/operator-receipts receipt.json
got 404 'No such message'
# notices to people lie in the spool, one file each, for its owner only
set -- spool/X-*.json
[ -s "$1" ] || fail "no notice in the spool"
[ "$(stat -c %a "$1")" = 600 ] || fail "a notice in the spool is open to others"
says "$1" '"command":"sms","phone":"138'
says "$1" '反电信网络诈骗法第11条'

# ---- nobody's identifiers in plain but with the institutions ----
for t in 6222021011 王小明 13821; do
	! grep -qa -- "$t" d/*.sqlite* d/journal* d/*.ndjson log.service 2>/dev/null || fail "$t stands in plain"
done
"$DUANKA" tail --data d --from 1 --kind act >tail.out 2>/dev/null || true
says tail.out '"act":"disclose"'
"$DUANKA" simulate bank --state state.11 --report >report
says report ' 100101 '
kill $service
wait $service || fail "the service did not stop in order"
forget $service
