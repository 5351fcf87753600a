# outbox.sh - messages that go out over TLS, and the command that looks after them: a bank and an operator behind certificates of a private authority. Nobody who shows another one gets an order; the message stays
# open, and goes out under the same id when the right one is there. What was given up is seen, and sent again by somebody who may.
. "$SOURCE_DIR/tests/e2e/lib.sh"
. "$SOURCE_DIR/tests/e2e/tls.sh"
pids=
trap 'for p in $pids; do kill -9 $p 2>/dev/null || true; done; rm -rf "$work"' EXIT
authority alliance
authority stranger
certificate right alliance /CN=front serverAuth 127.0.0.1 -days 2
certificate unknown stranger /CN=front serverAuth 127.0.0.1 -days 2
certificate elsewhere alliance /CN=front serverAuth 127.0.0.2 -days 2
(umask 077 && echo "a-secret-of-the-bank-0011" >secret.11 && echo "a-secret-of-the-operator-21" >secret.21)

await() { # await WHAT COMMAND...: asked again and again, a bounded number of times; ./out has the last answer
	what=$1
	shift
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || { cat out err log.* >&2 2>/dev/null; fail "$what: does not come"; }
		"$DUANKA" --version >version # takes its time
	done
}
simulate() { # simulate bank|operator ORGANISATION
	"$DUANKA" simulate "$1" --listen 127.0.0.1:0 --state "state.$2" --secret "secret.$2" --ready-file "ready.$2" 2>"log.$2" &
	pids="$pids $!"
	await "the $1 listens" test -s "ready.$2"
}
front() { # front ORGANISATION CERTIFICATE: on the port that it had; whoever stood there goes
	eval "p=\${front_$1:-}"
	[ -z "$p" ] || { kill -9 "$p"; wait "$p" 2>/dev/null || true; }
	port=0
	[ ! -s "front.$1" ] || port=$(cat "front.$1")
	rm -f "front.$1"
	node "$SOURCE_DIR/tests/e2e/tls_front.mjs" "$port" "$2.pem" "$2.key" "$(sed 's/.*://' "ready.$1")" "front.$1" 2>>"log.front.$1" &
	eval "front_$1=$!"
	pids="$pids $!"
	await "the door of $1 is open" test -s "front.$1"
}
simulate bank 11
simulate operator 21
front 11 unknown
front 21 unknown

settings() { # settings GIVE-UP
	cat >duanka.toml <<T
[http]
listen = "127.0.0.1:0"
[data]
directory = "d"
[policy]
directory = "$policy"
[tls]
certificate = "right.pem"
key = "right.key"
[outbox]
poll = "50ms"
backoff = "30ms"
backoff_most = "200ms"
attempts = 100
give_up = "$1"
[tenant.police]
number = 1
[tenant.bank]
number = 11
connector = "case-platform"
connector_url = "https://127.0.0.1:$(cat front.11)/front"
connector_secret = "$work/secret.11"
connector_ca = "$work/alliance.pem"
[tenant.operator]
number = 21
connector = "commands"
connector_url = "https://127.0.0.1:$(cat front.21)/front"
connector_secret = "$work/secret.21"
connector_ca = "$work/alliance.pem"
T
}
settings 1d
seat=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles intake,stop-seat)
leader=$("$DUANKA" keys add --data d --tenant police --scopes desk,admin --roles leader)
desk=$("$DUANKA" keys add --data d --tenant operator --scopes desk --roles operator-desk)
"$DUANKA" serve --config duanka.toml --ready-file ready 2>log.service &
service=$!
pids="$pids $service"
await "the service listens" test -s ready
url=https://$(cat ready)

ask() { # ask KEY PATH BODY: must be accepted; body in ./body
	status=$(curl -s -o body -w '%{http_code}' --cacert alliance.pem -H "Authorization: Bearer $1" -H 'If-Match: *' -H 'Content-Type: application/json' -d "$3" "$url$2") || true
	[ "$status" = 200 ] || [ "$status" = 201 ] || { cat body >&2; fail "HTTP $status: $2"; }
}
made() { sed 's/.*"object":{"id":"\([A-Z]-[0-9]*\)".*/\1/' body; }
outbox() { # outbox KEY ARGUMENTS: output in ./out, exit status in $got
	DUANKA_API_KEY=$1
	export DUANKA_API_KEY
	shift
	got=0
	"$DUANKA" outbox "$@" --url "$url" --ca alliance.pem >out 2>err || got=$?
}
fares() { # fares ID STATE
	outbox "$leader" show "$1"
	[ $got = 0 ] && grep -qx "state  *$2" out
}
number() { # number NAME: of what show has printed
	sed -n "s/^$1  *//p" out
}
tried() { # tried ID N: at least N attempts by now
	outbox "$leader" show "$1"
	[ $got = 0 ] && [ "$(number attempts)" -ge "$2" ]
}

# ---- an order waits for the right certificate ----
ask "$seat" /v1/stops '{"account":"6222021011234567890","bank":11,"amount":"5000.00","basis":"AFL-20","evidence":[1],"account_name":"王小明","reason":"受害人报警"}'
stop=$(made)
ask "$leader" "/v1/stops/$stop/approve" '{}'
outbox "$leader" list --object "$stop"
[ "$(wc -l <out)" = 1 ] || { cat out err >&2; fail "not one message"; }
order=$(cut -d' ' -f1 out)
says out "bank-stop"
await "attempts at a stranger's door" tried "$order" 3
fares "$order" waiting || { cat out >&2; fail "the order is not open any more"; }
says out "why"
front 11 elsewhere
n=$(number attempts)
await "attempts at a door with another name" tried "$order" $((n + 3))
fares "$order" waiting || { cat out >&2; fail "the order is not open any more"; }
[ ! -s state.11 ] || { cat state.11 >&2; fail "the bank has got something"; }
outbox "$leader" list --state waiting --kind bank-stop
says out "$order"
front 11 right
await "the order is carried out" fares "$order" "done"
[ "$(number id)" = "$order" ] || fail "show tells of another one"
curl -s --cacert alliance.pem -H "Authorization: Bearer $leader" "$url/v1/stops/$stop" >body
says body '"state":{"name":"stopped"'
"$DUANKA" simulate bank --state state.11 --report >report
[ "$(grep -c ' 100101 ' report)" = 1 ] || { cat report >&2; fail "the bank has not got it once"; }

# ---- what is given up, and sent again ----
settings 1s
ask "$leader" /v1/reload '{}'
ask "$desk" /v1/cards '{"step":"list","phone":"13821000001","operator":21,"level":2,"basis":"AFL-11","evidence":[1]}'
card=$(made)
ask "$desk" "/v1/cards/$card/notify" '{}'
dead() {
	outbox "$leader" list --state dead --kind operator-verify --object "$card" --limit 5
	[ $got = 0 ] && [ -s out ]
}
await "a dead letter" dead
letter=$(cut -d' ' -f1 out)
[ ! -s state.21 ] || fail "the operator has got something"
settings 1d
ask "$leader" /v1/reload '{}'
front 21 right
outbox "$leader" resend "$letter"
[ $got = 1 ] || fail "sent again without a reason"
says err "--reason"
outbox "$leader" resend "$letter" --reason "about 13821000001"
[ $got = 1 ] || fail "a number in a reason"
outbox "$seat" resend "$letter" --reason "the certificate was mended"
[ $got = 1 ] || fail "sent again by a seat"
fares "$letter" dead || fail "no dead letter any more"
outbox "$leader" resend "$letter" --reason "the certificate was mended"
[ $got = 0 ] || { cat err >&2; fail "not sent again"; }
says out "$letter"
await "the letter is carried out" fares "$letter" "done"
[ "$(grep -c "^order $letter verify " state.21)" = 1 ] || { cat state.21 >&2; fail "the operator has not got it once"; }
outbox "$leader" resend "$letter" --reason "once more"
[ $got = 1 ] || fail "what is done is sent again"
"$DUANKA" tail --data d --from 1 --kind act >acts
says acts '"act":"resend"'
says acts 'the certificate was mended'

# ---- said clearly ----
mistake() { # mistake WORDS ARGUMENT...
	words=$1
	shift
	outbox "$leader" "$@"
	[ $got = 1 ] || fail "exit status $got: $*"
	one_line err
	says err "$words"
}
mistake "such message" show X-1
mistake "list, show ID or resend ID" look
mistake "the id of a message" show
mistake "the id of a message" show 'X-1/../2'
mistake "such state" list --state lost
mistake "such kind" list --kind letter
mistake "letters, digits" list --kind 'a&b'
got=0
"$DUANKA" outbox list --url "$url" --ca stranger.pem >out 2>err || got=$?
[ $got = 1 ] || fail "it trusts a stranger"
one_line err
expect 0 "$DUANKA" outbox --help
kill $service
wait $service || fail "the service did not stop in order"
