# second_factor.sh - desk.second_factor = false: people log in by their password alone, on a loopback address only; put back to true the code is needed again, and counts as before.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
admin_1=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles admin)
admin_2=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles admin)
set -- serve --data d --policy "$policy" --lists "$policy/lists"
for address in 0.0.0.0:0 '[::]:0'; do
	expect 1 "$DUANKA" "$@" --set desk.second_factor=false --listen "$address"
	says err 'desk.second_factor = false goes with a loopback address only'
done
expect 1 env DUANKA_DESK_SECOND_FACTOR=no "$DUANKA" "$@"
says err 'desk.second_factor takes true or false'
start() { # start true|false
	rm -f ready
	"$DUANKA" serve --data d --policy "$policy" --lists "$policy/lists" --listen 127.0.0.1:0 --ready-file ready --set desk.second_factor="$1" 2>log &
	pid=$!
	while [ ! -s ready ]; do kill -0 $pid || fail "the service has ended: $(cat log)"; done
	url=http://$(cat ready)
}
stop() {
	kill $pid
	wait $pid || fail "exit status $?"
	pid=
}
post() { # post WANTED-STATUS PATH BODY
	status=$(curl -s -o body -w '%{http_code}' -d "$3" "$url$2")
	[ "$status" = "$1" ] || fail "HTTP $status instead of $1: $2: $(cat body)"
}
users() { DUANKA_API_KEY=$1 && shift && export DUANKA_API_KEY && "$DUANKA" users "$@" --url "$url"; }
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" body; }

start false
users "$admin_1" add li.lei --roles leader --outlet QD-B11-202-01 >out
says out 'invited'
user=$(cut -d' ' -f1 out)
users "$admin_2" approve "$user" >out
code=$(users "$admin_2" reset "$user")
post 200 /v1/invitations "{\"login\":\"li.lei\",\"code\":\"$code\",\"password\":\"correct horse battery\"}"
seed=$(member totp_seed)
[ ${#seed} = 32 ] || fail "no seed: $(cat body)"
for code in '' ',"totp":""' ',"totp":"123456"'; do # it is not looked at
	post 200 /v1/login "{\"login\":\"li.lei\",\"password\":\"correct horse battery\"$code}"
	token=$(sed -n 's/.*"token":"\(ds_[^"]*\)".*/\1/p' body)
	curl -sS -f -H "Authorization: Bearer $token" "$url/v1/me" >body
	says body '"roles":["leader"]'
done
post 401 /v1/login '{"login":"nobody","password":"correct horse battery"}'
post 400 /v1/login '{"login":"li.lei"}'
for n in 1 2 3 4 5; do post 401 /v1/login '{"login":"li.lei","password":"wrong horse battery"}'; done
post 429 /v1/login '{"login":"li.lei","password":"correct horse battery"}' # who guesses is held up as ever
stop

# With the code again: none and a wrong one do not do, and how often there was none before does not matter.
sqlite3 d/credentials.sqlite 'UPDATE credential SET failures = 0, locked_us = 0; DELETE FROM place'
start true
post 400 /v1/login '{"login":"li.lei","password":"correct horse battery"}'
says body 'totp'
post 401 /v1/login '{"login":"li.lei","password":"correct horse battery","totp":"00000x"}'
post 200 /v1/login "{\"login\":\"li.lei\",\"password\":\"correct horse battery\",\"totp\":\"$(node "$SOURCE_DIR/tests/e2e/training.mjs" totp "$seed")\"}"
stop
