# demo_live.sh - the live part of make demo in a small city: it ends by itself with everything shown and nothing left running; a folder that is not its own is left alone; told to stay it stays until a signal.
. "$SOURCE_DIR/tests/e2e/lib.sh"
unset DUANKA_KEY_FILE
pid=
trap '[ -z "$pid" ] || kill -TERM $pid 2>/dev/null; wait; rm -rf "$work"' EXIT
build=$(cd "$(dirname "$DUANKA")/../.." && pwd)
DEMO_PEOPLE=1500
DEMO_DATA="$work/a demo"
DEMO_CONSOLE=$work/absent
export DEMO_PEOPLE DEMO_DATA DEMO_CONSOLE
running() { ps -eo args | grep -F "$DEMO_DATA/" | grep -v grep; } # whatever was started on the data directory
mkdir "$DEMO_DATA"
expect 1 sh "$SOURCE_DIR/tools/demo_live.sh" "$build"
says err 'is not of a demo'
rmdir "$DEMO_DATA"

expect 0 sh "$SOURCE_DIR/tools/demo_live.sh" "$build"
says out 'http://127.0.0.1:'
says out '模拟城市已实时接入'
says out 'DEMO_STAY=1'
for login in admin.a leader intake stop dissuade analyst station bank operator bank.clerk media editor delegate moderator auditor discipline appeals; do
	grep -Eq "^  $login +[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}  " out || fail "no account of $login: $(cat out)"
done
[ "$(stat -c %a "$DEMO_DATA/accounts")" = 600 ] || fail "others may read the passwords"
if running; then fail "it left processes behind"; fi
# What was sent is there, each once; what was made is sound.
sent=$(count "$DEMO_DATA/sent" 'lines sent')
[ "$sent" -gt 1000 ] && [ "$(count "$DEMO_DATA/sent" accepted)" = "$sent" ] || fail "not all was accepted: $(cat "$DEMO_DATA/sent")"
[ "$("$DUANKA" tail --data "$DEMO_DATA/service" --from 1 --kind event | wc -l)" = "$sent" ] || fail "the journal has not what was sent"
expect 0 "$DUANKA" audit verify --data "$DEMO_DATA/service"
expect 0 "$DUANKA" registry verify --data "$DEMO_DATA/service"
says out "the same as the present one"
first=$(cat "$DEMO_DATA/accounts")

# It stays, with passwords of its own; a signal ends it in order.
DEMO_STAY=1 sh "$SOURCE_DIR/tools/demo_live.sh" "$build" >said 2>err &
pid=$!
until grep -q 'Ctrl-C' said; do kill -0 $pid || fail "it has ended: $(cat said err)"; done
[ "$(cat "$DEMO_DATA/accounts")" != "$first" ] || fail "the same passwords twice"
curl -sS -f "http://$(cat "$DEMO_DATA/address")/v1/ready" >ready
says ready '"status":"ready"'
kill -TERM $pid
got=0
wait $pid || got=$?
pid=
[ "$got" = 143 ] || fail "exit status $got: $(cat said err)"
if running; then fail "it left processes behind"; fi
sent=$(count "$DEMO_DATA/sent" 'lines sent')
[ "$("$DUANKA" tail --data "$DEMO_DATA/service" --from 1 --kind event | wc -l)" = "$sent" ] || fail "the journal has not what was sent"
