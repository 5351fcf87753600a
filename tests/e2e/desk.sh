# desk.sh - the desk in the service: alerts become warnings, cards and accounts in the registry; killed at any time it goes on where it was; a registry
# made again has the same digest; the journal lets go of its beginning only when there is a copy; and no plain number lies where only tokens may.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
cat >p/r.dk <<'DK'
rule often on call about caller when count(call by caller over 1h) >= 5
  then alert red, score 7, propose bar-outgoing(caller) basis "AFL Art 11", propose warn(callee) basis "AFL Art 34" because "{count(call by caller over 1h)} calls"
rule big on transfer about payer when amount >= 1000 yuan
  then alert purple, score 9, propose stop-payment(payee) basis "反电信网络诈骗法第20条, AFL Art 20", propose warn(payer.holder) basis "AFL Art 34" because "{amount}"
DK
cat >duanka.toml <<'TOML'
[http]
listen = "127.0.0.1:0"
[data]
directory = "d"
[policy]
directory = "p"
[service]
tick = "1s"
[tenant.operator-1]
number = 4
sees = ["*:*.*"]
carriers = "移动, 联通"
[tenant.bank-1]
number = 5
banks = "中国工商银行"
[tenant.police]
number = 1
[tenant.texts]
number = 90
connector = "spool"
TOML
echo "connector_url = \"$work/spool\"" >>duanka.toml
mkdir spool
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said

start() {
	"$DUANKA" serve --config duanka.toml --ready-file ready "$@" 2>said &
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
metric() { # metric NAME
	curl -s -H "Authorization: Bearer $key" "$url/metrics" >metrics
	sed -n "s/^duanka_$1 //p" metrics
}
caught_up() { # everything that was answered is in the registry
	while [ "$(metric desk_behind)" != 0 ]; do :; done
}
rows() { # rows KIND: objects in the registry
	sqlite3 d/registry.sqlite "SELECT count(*) FROM object WHERE kind = $1"
}
same() { # the registry is what journal and alerts come to
	expect 0 "$DUANKA" registry verify --data d
	says out "the same as the present one"
}
key=$("$DUANKA" keys add --data d --tenant operator-1 --scopes decide,events,alerts,metrics,admin)
bank=$("$DUANKA" keys add --data d --tenant bank-1 --scopes decide,events)
seat=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles dissuasion,leader)

# Numbers that must not be found again in plain.
mobile=13800134477 other=13900136688 account=6222020012345671928 payee=6217000012349876543 id=110101199003070134
held=6222020012345675555 home=13700135599 her=11010519491231002X
send() { # send KEY: standard input is a batch
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" --data-binary @- "$url/v1/events" >status || true
}
calls() { # calls N: of it
	i=0
	while [ $i -lt "$1" ]; do
		echo "{\"event\":\"call\",\"time\":\"$(date +%s)000000\",\"caller\":\"$mobile\",\"callee\":\"$other\",\"talk\":12}"
		i=$((i + 1))
	done
}

# ---- alerts become work ----
start
grep -q institutions d/journal/*.seg || fail "whose cards are whose is not in the journal"
calls 6 | send "$key"
says status 200
now=$(date +%s)000000
{
	echo "{\"event\":\"bind\",\"time\":\"$now\",\"person\":\"$id\",\"account\":\"$account\"}"
	echo "{\"event\":\"transfer\",\"time\":\"$now\",\"payer\":\"$account\",\"payee\":\"$payee\",\"amount\":2000.5}"
	echo "{\"event\":\"call\",\"time\":\"$now\",\"caller\":\"$mobile-$other\",\"callee\":\"x\",\"talk\":1}"
} | send "$bank"
caught_up
[ "$(rows 3)" = 1 ] || fail "one card was called about, not $(rows 3)"
[ "$(rows 4)" = 1 ] || fail "one account was paid, not $(rows 4)"
[ "$(rows 2)" = 2 ] || fail "two people were warned, not $(rows 2)"
[ "$(sqlite3 d/registry.sqlite 'SELECT organisation FROM object WHERE kind = 3')" = 4 ] || fail "the card is the operator's"
[ "$(metric desk_alerts_total)" = 3 ] || fail "there were three alerts"
[ "$(metric desk_unread_total)" = 0 ] || fail "the desk does not understand the engine"
same

# ---- who holds an account is reached by the phone that they hold ----
{
	echo "{\"event\":\"bind\",\"time\":\"$now\",\"person\":\"$her\",\"phone\":\"$home\"}"
	echo "{\"event\":\"bind\",\"time\":\"$now\",\"person\":\"$her\",\"account\":\"$held\"}"
	echo "{\"event\":\"transfer\",\"time\":\"$now\",\"payer\":\"$held\",\"payee\":\"$payee\",\"amount\":3000}"
} | send "$bank"
says status 200
caught_up
[ "$(sqlite3 d/registry.sqlite 'SELECT count(*) FROM holding')" = 3 ] || fail "three things are held"
warned=W-$(sqlite3 d/registry.sqlite 'SELECT max(id) FROM object WHERE kind = 2')
desk() { # desk PATH [curl options]
	path=$1
	shift
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $seat" -H 'If-Match: *' -H 'Content-Type: application/json' "$@" "$url/v1/warnings/$warned$path" >status || true
	says status 200
}
desk ""
for field in person phone account; do
	says body "\"$field\":"
done
desk /sms -d '{}'
n=0
until ls spool/*.json >/dev/null 2>&1; do # under its final name
	n=$((n + 1))
	[ $n -lt 20000 ] || fail "no message went out"
done
grep -q "\"command\":\"sms\",\"phone\":\"$home\"" spool/*.json || fail "the message goes to somebody else: $(cat spool/*)"
rm -r spool/*
same

# ---- killed while it works, five times ----
n=1
while [ $n -le 5 ]; do
	(
		i=0
		while [ $i -lt 400 ]; do
			echo "{\"event\":\"call\",\"time\":\"$(date +%s)000000\",\"caller\":\"1370013$n$((i / 10 + 100))\",\"callee\":\"1390014$((i % 40 + 1000))\",\"talk\":12}"
			i=$((i + 1))
		done
	) >batch
	before=$(metric desk_alerts_total)
	(send "$key" <batch) &
	sender=$!
	until [ "$(metric desk_alerts_total || echo 999999)" -gt $((${before:-0} + n * 11)) ]; do :; done
	stop -KILL
	wait $sender || true
	expect 0 "$DUANKA" audit verify --data d
	start
	caught_up
	same
	n=$((n + 1))
done
[ "$(rows 3)" -gt 40 ] || fail "only $(rows 3) cards"

# ---- made again ----
stop -TERM
[ $got = 0 ] || fail "it did not stop cleanly"
expect 0 "$DUANKA" registry verify --data d
digest=$(sed -n 's/^digest //p' out)
rm d/registry.sqlite*
expect 1 "$DUANKA" registry verify --data d
expect 0 "$DUANKA" registry rebuild --data d
says out "put in place"
start
caught_up
same
stop -TERM
rm d/registry.sqlite*
start # by the service itself
caught_up
same
stop -TERM
sqlite3 d/registry.sqlite "DELETE FROM object WHERE kind = 3 AND id IN (SELECT id FROM object WHERE kind = 3 LIMIT 1)"
expect 2 "$DUANKA" registry verify --data d
says out "NOT the same"
expect 0 "$DUANKA" registry rebuild --data d
says out "NOT the same"
[ -f d/registry.before.sqlite ] || fail "the wrong one is gone"
same
sed -n 's/^digest //p' out >again
[ -n "$digest" ] && [ -s again ] || fail "no digest"

# ---- off, and on again ----
start --data d
DUANKA_DESK_ON=false
export DUANKA_DESK_ON
stop -TERM
start
[ -z "$(metric desk_position)" ] || fail "the desk is on"
calls 3 | send "$key"
stop -TERM
unset DUANKA_DESK_ON
start
caught_up
same

# ---- nothing plain ----
metric desk_position >position
[ "$(cat position)" -gt 2000 ] || fail "only $(cat position) records"
stop -TERM
for number in $mobile $other $account $payee $id $held $home $her 8613800134477; do
	if grep -r -a -l -e "$number" d log metrics body ready; then
		fail "$number lies there in plain"
	fi
done
grep -q "^duanka_desk_behind 0" metrics || fail "the metrics are empty"
