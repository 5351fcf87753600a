# outlet_risk.sh - openings and findings through the whole path: events, involved cards and accounts, ranks, trace, monthly sheets that are frozen once, who sees what, and a registry that comes to the same when it is made again.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
cat >duanka.toml <<TOML
[tenant.police]
number = 1
[tenant.bank]
number = 11
banks = "中国工商银行"
[tenant.other]
number = 12
TOML
key() { "$DUANKA" keys add --data d "$@"; }
feed=$(key --tenant police --scopes decide,events,metrics)
analyst=$(key --tenant police --scopes desk --roles analyst)
leader=$(key --tenant police --scopes desk --roles leader)
inspector=$(key --tenant police --scopes desk --roles inspector)
channel=$(key --tenant bank --scopes desk --roles channel)
other=$(key --tenant other --scopes desk --roles channel)
start() {
	rm -f said
	mkfifo said
	"$DUANKA" serve --config duanka.toml --data d --policy "$SOURCE_DIR/policy" --lists "$SOURCE_DIR/policy/lists" --listen 127.0.0.1:0 2>said &
	pid=$!
	while IFS= read -r line; do
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
start
as() { # as KEY METHOD PATH [BODY]
	curl -sS -o out -w '%{http_code}\n' -X "$2" -H 'If-Match: *' -H "Authorization: Bearer $1" -H 'Content-Type: application/json' ${4:+-d "$4"} "$url$3" >code
}
outlet() {
	DUANKA_API_KEY=$1
	export DUANKA_API_KEY
	shift
	"$DUANKA" outlet "$@" --url "$url"
}

# Last month WD-1 opened 40 accounts, the last three within an hour at night for one person and by one clerk, and WD-2 opened 20; all others by the day.
month=$(date -d "$(date +%Y-%m-15) -1 month" +%Y-%m)
now=$(date +%Y-%m)
opening() { # opening N DAY TIME PERSON OUTLET CLERK REMOTE
	printf '{"event":"open_account","time":"%s-%02dT%s+08:00","account":"62220200123456%05d","person":"%s","outlet":"%s","agent":"DL-7","clerk":"%s","remote":%s}\n' "$month" "$2" "$3" "$1" "$4" "$5" "$6" "$7"
}
one=110101199003070134 two=11010519491231002X
{
	i=100
	while [ $i -lt 137 ]; do
		opening $i $(((i - 100) / 2 + 1)) "1$((i % 2 * 3)):00:00" $one WD-1 GY-1 "$([ $i -lt 110 ] && echo true || echo false)"
		i=$((i + 1))
	done
	while [ $i -lt 140 ]; do
		opening $i 20 "23:1$((i % 3)):00" $two WD-1 GY-2 false
		i=$((i + 1))
	done
	while [ $i -lt 160 ]; do
		opening $i $((21 + (i - 140) / 4)) "1$(((i % 4) * 2)):00:00" $one WD-2 GY-3 false
		i=$((i + 1))
	done
} >openings.ndjson
curl -s -o out -w '%{http_code}' -H "Authorization: Bearer $feed" --data-binary @openings.ndjson "$url/v1/events" >code
[ "$(cat code)" = 200 ] || fail "events: $(cat code) $(cat out)"
says out '"accepted":60'

# Four accounts of WD-1 and one of WD-2 are found involved, one of them twice over: an order has no effect here, the account's own mark counts once.
made() { sed -n 's/.*"object":{"id":"\([A-Z]*-[0-9]*\)".*/\1/p' out; }
involve() {
	as "$analyst" POST /v1/accounts "{\"step\":\"register\",\"account\":\"$1\",\"bank\":11}"
	[ "$(cat code)" = 201 ] || fail "register $1: $(cat code) $(cat out)"
	id=$(made)
	as "$analyst" POST "/v1/accounts/$id/involve" '{"case_no":"A-2026-1","evidence":[1]}'
	[ "$(cat code)" = 200 ] || fail "involve $id: $(cat code) $(cat out)"
}
for n in 101 137 138 139 150; do involve "62220200123456$(printf %05d $n)"; done

expect 0 outlet "$inspector" risk --month "$now" --of accounts --format csv
[ "$(sed -n '2s/^[^,]*,outlet,accounts,11,[0-9a-f]*,\(.*\)/\1/p' out | cut -d, -f1-4)" = "1,40,4,1000.00" ] || fail "first of the ranks: $(cat out)"
[ "$(wc -l <out)" = 3 ] || fail "two outlets: $(cat out)"
expect 0 outlet "$inspector" risk --month "$month" --format json
says out '"found":0,"found_before":0,"found_year":0,"growth_month":null'
says out '"month":{"opened":40,"night":3,"batch":3,"remote":10}'
expect 0 outlet "$inspector" risk --month "$now" --level clerk --of accounts --format csv
[ "$(sed -n '2s/^[^,]*,clerk,accounts,11,[0-9a-f]*,\(.*\)/\1/p' out | cut -d, -f1-4)" = "1,3,3,10000.00" ] || fail "first of the clerks: $(cat out)"
expect 0 outlet "$inspector" risk --month "$now"
says out '每万张（户）涉案'
expect 1 outlet "$inspector" risk --month 2026-13
says err '--month is one of a calendar'

# Each is traced to outlet, agent, clerk and hour.
expect 0 outlet "$inspector" trace --month "$now" --format csv
[ "$(wc -l <out)" = 6 ] || fail "five are traced: $(cat out)"
[ "$(cut -d, -f6 out | sort | uniq -c | awk '$2 == 23 { print $1 }')" = 3 ] || fail "three at eleven at night: $(cat out)"
expect 0 outlet "$inspector" trace --entity account:6222020012345600101 --format json
says out '"hour":13'
says out '"remote":true'

# A member sees its own, ranked among all; others nothing, and whoever has no such role neither.
expect 0 outlet "$channel" risk --month "$now" --format csv
[ "$(wc -l <out)" = 3 ] || fail "its own: $(cat out)"
expect 0 outlet "$other" risk --month "$now" --format csv
[ "$(wc -l <out)" = 1 ] || fail "not another's: $(cat out)"
expect 0 outlet "$other" trace --month "$now" --format csv
[ "$(wc -l <out)" = 1 ] || fail "no trace of another's: $(cat out)"
expect 1 outlet "$other" risk --month "$now" --organisation 11
says err 'This is not for you'
expect 1 outlet "$analyst" risk --month "$now"
as "$inspector" GET '/v1/outlets/risk?month=x'
[ "$(cat code)" = 400 ] || fail "a month that is none: $(cat code)"
as "$inspector" GET '/v1/outlets/risk?level=x'
[ "$(cat code)" = 400 ] || fail "a level that is none: $(cat code)"

# The sheets of the month that is over are made once, by nobody's hand; one is proposed, objected to, decided by another person and published.
as "$inspector" POST "/v1/outlets" '{"outlet":"WD-1","type":"bank-outlet","name":"one","organisation":11}'
[ "$(cat code)" = 201 ] || fail "list: $(cat code) $(cat out)"
as "$inspector" POST "/v1/outlets/assess?month=$now"
[ "$(cat code)" = 409 ] || fail "a month that is not over: $(cat code) $(cat out)"
as "$channel" POST "/v1/outlets/assess?month=$month"
[ "$(cat code)" = 403 ] || fail "who makes sheets: $(cat code) $(cat out)"
expect 0 outlet "$inspector" assess --month "$month" --make
says out '2 made'
expect 0 outlet "$inspector" assess --month "$month" --make
says out '0 made'
says out '2 there'
expect 0 outlet "$channel" assess --month "$month" --format json
says out '"same":true'
says out '"opened":40'
says out '"opened":60'
expect 0 outlet "$channel" assess --month "$month" --format csv
[ "$(grep -c '^11,.*,-,[0-9]*[.][0-9][0-9],' out)" = 2 ] || fail "a score without anything to go by: $(cat out)"
as "$leader" POST /v1/assessments '{"step":"compute"}'
[ "$(cat code)" = 405 ] || fail "figures typed in: $(cat code) $(cat out)"
sheet=$(expect 0 outlet "$inspector" assess --month "$month" --format json && sed 's/.*"sheet":"\(SH-[0-9]*\)".*/\1/' out)
as "$inspector" POST "/v1/assessments/$sheet/propose" '{}'
[ "$(cat code)" = 200 ] || fail "propose: $(cat code) $(cat out)"
as "$other" POST "/v1/assessments/$sheet/object" '{"objection":"not ours"}'
[ "$(cat code)" = 404 ] || fail "another's sheet: $(cat code) $(cat out)"
as "$channel" POST "/v1/assessments/$sheet/object" '{"objection":"the holders were recruited elsewhere"}'
[ "$(cat code)" = 200 ] || fail "object: $(cat code) $(cat out)"
as "$leader" POST "/v1/assessments/$sheet/decide" '{}'
[ "$(cat code)" = 422 ] || fail "an objection without a reason: $(cat code) $(cat out)"
as "$leader" POST "/v1/assessments/$sheet/decide" '{"reason":"the outlet had not asked for work certificates"}'
[ "$(cat code)" = 200 ] || fail "decide: $(cat code) $(cat out)"
as "$inspector" POST "/v1/assessments/$sheet/publish" '{}'
[ "$(cat code)" = 200 ] || fail "publish: $(cat code) $(cat out)"
as "$channel" GET "/v1/assessments/$sheet"
says out '"name":"published"'

# Without the service the same, and the registry made again has the same digest.
expect 0 outlet "$inspector" risk --month "$now" --level clerk --format csv
cp out online
kill $pid
wait $pid || :
pid=
expect 0 "$DUANKA" outlet risk --month "$now" --level clerk --format csv --registry d
cmp -s out online || fail "offline: $(cat out)"
expect 0 "$DUANKA" registry verify --data d
says out 'the same as the present one'
