# outlet_city.sh - a simulated city in which one outlet sells accounts to mules (scenarios/outlet.scene), through the service: the police find accounts of the networks, and the ranks have that outlet and its clerks first,
# as the city's truth says, with early finds, nights, batches and
# nobody there. In the same city without such sales no outlet comes near it.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
cat >duanka.toml <<TOML
[tenant.police]
number = 1
$(n=10; for b in 中国农业银行 中国建设银行 中国工商银行 中国邮政储蓄银行 招商银行 中国银行 中国交通银行 中信银行; do
	n=$((n + 1))
	printf '[tenant.b%d]\nnumber = %d\nbanks = "%s"\n' $n $n $b
done)
TOML
start() { # start DATA
	"$DUANKA" keys add --data "$1" --tenant police --scopes decide,events,metrics >feed
	"$DUANKA" keys add --data "$1" --tenant police --scopes desk --roles analyst >analyst
	"$DUANKA" keys add --data "$1" --tenant police --scopes desk --roles inspector >inspector
	rm -f said
	mkfifo said
	"$DUANKA" serve --config duanka.toml --data "$1" --policy "$SOURCE_DIR/policy" --lists "$SOURCE_DIR/policy/lists" --listen 127.0.0.1:0 2>said &
	pid=$!
	while IFS= read -r line; do
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
stop() {
	kill "$pid"
	wait "$pid" || :
	pid=
}
send() { # send KEY PATH FILE
	curl -sS -o out -w '%{http_code}\n' -H "Authorization: Bearer $(cat "$1")" --data-binary "@$3" "$url$2" >code
	[ "$(cat code)" = 200 ] || fail "$2: $(cat code) $(head -c 600 out)"
}
# play DATA SCENE: the last week of a city, its openings that name an outlet, and what the police find: every second account that money of a victim went through.
play() {
	set -- "$1" "$2" "--people 20000 --days 6 --start $(date -d '-7 days' +%Y-%m-%d) --policy-mix $2 --no-progress"
	expect 0 "$DUANKA" simulate city $3 --only openings -o "$1.city"
	"$DUANKA" simulate city $3 --only openings --stream | grep '"outlet"' >openings
	start "$1"
	rm -f part.*
	split -l 2000 openings part.
	for f in part.*; do
		send feed /v1/events "$f"
		says out '"quarantined":0'
	done
	awk -F, '$1 == "account" && $6 == "mule" && !seen[$2]++ && ++n % 2 == 0 { print $2 }' "$1.city/truth.csv" >found
	[ "$(wc -l <found)" -gt 40 ] || fail "too few were found: $(wc -l <found)"
	awk '{ printf "{\"kind\":\"account\",\"step\":\"register\",\"fields\":{\"account\":\"%s\",\"bank\":11}}\n", $1 }' found >lines
	send analyst /v1/commands lines
	sed -n 's/.*"object":"\([A-Z]*-[0-9]*\)".*/{"object":"\1","version":1,"step":"involve","fields":{"case_no":"A-2026-1","evidence":[1]}}/p' out >lines
	[ "$(wc -l <lines)" = "$(wc -l <found)" ] || fail "not all were registered: $(head -c 600 out)"
	send analyst /v1/commands lines
	if grep -q '"refused"\|"wrong"' out; then tail -n 1 out | grep -q '"refused":0,"wrong":0' || fail "not all were involved: $(head -c 600 out)"; fi
}
ask() { # ask QUERY: the ranks, a unit a line
	curl -sS -o out -w '%{http_code}\n' -H "Authorization: Bearer $(cat inspector)" "$url/v1/outlets/risk?month=$(date +%Y-%m)&of=accounts&$1" >code
	[ "$(cat code)" = 200 ] || fail "risk: $(cat code) $(cat out)"
}

tokens() { sed 's/},/\n/g' out | sed -n 's/.*"unit":{"kind":"[a-z]*","token":"\([0-9a-f]*\)".*/\1/p'; }
estimate() { # estimate TOKEN
	sed 's/"level"/\n&/g' out | grep "\"$1\"" | sed -n 's/.*"estimate":\([0-9]*\).*/\1/p'
}
of_first() { sed 's/"level"/\n&/g' out | grep '"rank":1,' | head -n 1; }

play sold "$SOURCE_DIR/scenarios/outlet.scene"
# Who it is, the truth says; what its token is, the trace of an account that it sold.
outlet=$(sed -n 's/^outlet,\(WD[0-9]*\),.*,outlet,.*/\1/p' sold.city/truth.csv | sort -u)
clerks=$(sed -n 's/^clerk,\(GY[0-9-]*\),.*,clerk,.*/\1/p' sold.city/truth.csv | sort -u)
[ "$(echo "$outlet" | wc -w)" = 1 ] && [ "$(echo "$clerks" | wc -w)" = 2 ] || fail "one outlet and two clerks: $outlet $clerks"
token() { # token COLUMN VALUE KIND: of an account that was found
	awk -F, -v c="$1" -v v="$2" 'NR == FNR { found[$1]; next } $c == v && $4 in found { print $4; exit }' found sold.city/openings.csv >account
	curl -sS -o traced -H "Authorization: Bearer $(cat inspector)" "$url/v1/outlets/trace?entity=account:$(cat account)"
	sed -n "s/.*\"$3\":{\"kind\":\"$3\",\"token\":\"\([0-9a-f]*\)\".*/\1/p" traced
}
crooked=$(token 6 "$outlet" outlet)
[ -n "$crooked" ] || fail "no account of $outlet is traced: $(cat traced)"
ask level=outlet
[ "$(tokens | head -n 1)" = "$crooked" ] || fail "$outlet is not the first of the outlets: $(head -c 2000 out)"
of_first | grep -q '"early":[1-9]' || fail "none was found early: $(of_first)"
of_first | grep -q '"top":true' || fail "it is not in the top group: $(of_first)"
sold=$(estimate "$crooked")
ask level=clerk
for clerk in $clerks; do token 10 "$clerk" clerk; done | sort >two
[ "$(wc -l <two)" = 2 ] || fail "the clerks are not traced"
tokens | head -n 2 | sort | cmp -s - two || fail "the two clerks who sold are not the first: $(head -c 2000 out)"
# Of the days in which the networks bought: at night, in batches, with nobody there.
curl -sS -o out -H "Authorization: Bearer $(cat inspector)" "$url/v1/outlets/risk?month=$(date -d '-12 days' +%Y-%m)&of=accounts&level=outlet"
sed 's/"level"/\n&/g' out | grep "\"$crooked\"" >unit
grep -q '"night":[1-9][0-9]*,"batch":[1-9][0-9]*,"remote":[1-9]' unit || fail "night, batch, remote: $(cat unit)"
[ "$(sed 's/"level"/\n&/g' out | grep -c '"night":[1-9]')" = 1 ] || fail "others open at night, too"
curl -sS -o out -H "Authorization: Bearer $(cat inspector)" "$url/v1/outlets/trace?month=$(date +%Y-%m)"
sed 's/"thing"/\n&/g' out | grep "\"$crooked\"" | grep -q '"hour":2[23]' || fail "no sale after hours is traced"
stop

# Without it the same outlet is one among the others.
grep -v '^  \(crooked\|clerks\|after-hours\|remote\) ' "$SOURCE_DIR/scenarios/outlet.scene" >honest.scene
play honest honest.scene
[ -z "$(grep '^outlet,\|^clerk,' honest.city/truth.csv)" ] || fail "the truth has an outlet that sells to nobody"
ask level=outlet
for e in $(tokens | while read -r t; do estimate "$t"; done); do [ "$e" -lt "$sold" ] || fail "an honest outlet is as bad: $e, $sold"; done
stop
