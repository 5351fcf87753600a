# send.sh - duanka send: broken lines are told and the rest is taken; the same again is nothing new; a service and a sender that are killed lose and double nothing; too much at once, too fast, wrong keys, nobody there.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid= sender=
trap 'for p in $pid $sender; do kill -9 $p 2>/dev/null; done; rm -rf "$work"' EXIT
cat >duanka.toml <<'TOML'
[tenant.city]
number = 2
[tenant.slow]
number = 3
rate = 3000
burst = 300
TOML
city=$("$DUANKA" keys add --data d --tenant city --scopes events,metrics,quarantine)
slow=$("$DUANKA" keys add --data d --tenant slow --scopes events)
weak=$("$DUANKA" keys add --data d --tenant city --scopes metrics)
at=127.0.0.1:0
start() {
	rm -f ready
	"$DUANKA" serve --config duanka.toml --data d --policy "$policy" --lists "$policy/lists" --listen "$at" --ready-file ready --tick 1h 2>>log &
	pid=$!
	while [ ! -s ready ]; do kill -0 $pid || fail "the service has ended: $(cat log)"; done
	at=$(cat ready)
}
struck() { # the service is killed and comes back
	kill -9 $pid
	wait $pid 2>/dev/null || :
	start
}
start
url=http://$at
DUANKA_API_KEY=$city
export DUANKA_API_KEY
send() { "$DUANKA" send --url "$url" --no-progress "$@"; }
events() { "$DUANKA" tail --data d --from 1 --kind event | wc -l; } # in the journal
lines() { # lines FROM TO: calls, ten a second
	awk -v a="$1" -v b="$2" 'BEGIN { for (i = a; i <= b; i++) printf "{\"event\":\"call\",\"time\":\"2026-03-04T%02d:%02d:%02d+08:00\",\"caller\":\"138%08d\",\"callee\":\"139%08d\",\"talk\":5}\n", 10 + int(i / 36000), int(i / 600) % 60, int(i / 10) % 60, i % 5000, i }'
}

# ---- mistakes ----
expect 0 "$DUANKA" send --help
says out '断点续传'
expect 1 "$DUANKA" send x
says err '--url is missing'
expect 1 send one two
says err 'one file'
expect 1 send absent
says err 'absent: No such file'
expect 1 send --give-up soon x
echo 'something else' >other
expect 1 send --state other x </dev/null
lines 1 10 >ten
expect 1 send --state other ten
says err 'no file of duanka send --state'
DUANKA_API_KEY=$weak expect 1 send ten
says err 'HTTP 403'
DUANKA_API_KEY=dk_x expect 1 send ten
says err 'HTTP 401'
expect 1 "$DUANKA" send --url http://127.0.0.1:1 --give-up 1s --no-progress ten
says err "127.0.0.1:1"
says err 'it is tried again'
[ "$(events)" = 0 ] || fail "something was taken"

# ---- broken lines ----
{ lines 1 600; echo 'no json'; echo; lines 601 1000; echo '{"event":"nothing"}'; head -c 1100000 /dev/zero | tr '\0' x; echo; lines 1001 1001; printf '{"event":"call","time":"2026'; } >broken
expect 2 send broken
says err 'broken:601: '
says err 'broken:1003: '
says err 'broken:1006: '
[ "$(count out 'lines sent')" = 1006 ] || fail "not all lines were sent: $(cat out)"
[ "$(count out accepted)" = 1001 ] && [ "$(count out quarantined)" = 3 ] && [ "$(count out 'too long')" = 1 ] || fail "counts: $(cat out)"
[ "$(events)" = 1001 ] || fail "$(events) events"
held() { curl -sS -f -H "Authorization: Bearer $city" "$url/v1/quarantine?limit=1000" | grep -o '"number":' | wc -l; }
[ "$(held)" = 3 ] || fail "$(held) in the quarantine"
expect 2 send broken # the same once more is nothing new
[ "$(count out accepted)" = 0 ] && [ "$(count out 'known already')" = 1001 ] || fail "counts: $(cat out)"
[ "$(events)" = 1001 ] && [ "$(held)" = 3 ] || fail "something counts twice"
tail -n +2 broken >moved # another file
expect 2 send moved
[ "$(count out accepted)" = 1000 ] || fail "counts: $(cat out)"
before=$(events)

# ---- a stream: a line is there though the input goes on; a signal ends it when all that was read is sent ----
mkfifo stream
"$DUANKA" send --url "$url" --no-progress <stream >out 2>err &
sender=$!
exec 5>stream
lines 2001 2001 >&5
until [ "$(events)" = $((before + 1)) ]; do kill -0 $sender || fail "the sender has ended: $(cat err)"; done
lines 3001 3700 >&5
until [ "$(events)" = $((before + 701)) ]; do kill -0 $sender || fail "the sender has ended: $(cat err)"; done
kill -TERM $sender
got=0
wait $sender || got=$?
sender=
exec 5>&-
[ "$got" = 143 ] || fail "exit status $got after SIGTERM: $(cat err)"
[ "$(count out accepted)" = 701 ] || fail "counts: $(cat out)"
before=$(events)

# ---- killed on the way: the service again and again, then the sender; the input has grown meanwhile ----
lines 10001 22000 >many
"$DUANKA" send --url "$url" --no-progress --state done many >out 2>err & # the program itself, or the signal hits a shell before it
sender=$!
sent() { sed -n 's/^duanka send 1 [0-9a-f]* //p' done 2>/dev/null || :; }
for k in 1500 4000 6500; do
	until [ "$(sent)" -ge $k ] 2>/dev/null; do kill -0 $sender || fail "the sender has ended: $(cat err)"; done
	struck
done
until [ "$(sent)" -ge 9000 ]; do kill -0 $sender || fail "the sender has ended: $(cat err)"; done
kill -9 $sender
wait $sender 2>/dev/null || :
sender=
lines 22001 23000 >>many
expect 0 send --state done many
[ "$(count out 'sent by earlier runs')" -ge 9000 ] || fail "it began anew: $(cat out)"
[ "$(events)" = $((before + 13000)) ] || fail "$(events) events in the journal instead of $((before + 13000))"
expect 0 send --state done many
[ "$(count out 'lines sent')" = 0 ] || fail "sent again: $(cat out)"
expect 1 send --state done ten
says err 'another input takes another file'
before=$(events)

# ---- more at once, and faster, than an organisation may ----
lines 50001 53000 >fast
DUANKA_API_KEY=$slow
expect 0 send fast
[ "$(count out accepted)" = 3000 ] || fail "counts: $(cat out)"
[ "$(events)" = $((before + 3000)) ] || fail "$(events) events"

kill $pid
wait $pid || fail "exit status $?"
pid=
expect 0 "$DUANKA" audit verify --data d
