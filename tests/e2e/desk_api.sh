# desk_api.sh - the desk of a running service: users by the command line, steps by curl, and what auditors find.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir p
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
rule each on call about caller when count(call by caller over 1h) >= 100 then alert red because "many"
DK
cat >duanka.toml <<'TOML'
[tenant.police]
number = 13
sees = ["*:*.*"]
[tenant.carrier]
number = 21
TOML
key() { "$DUANKA" keys add --data d "$@"; }
admin_1=$(key --tenant police --scopes desk --roles admin)
admin_2=$(key --tenant police --scopes desk --roles admin)
operator=$(key --tenant carrier --scopes desk --roles operator-desk)
analyst=$(key --tenant police --scopes desk --roles analyst,leader)
dispatcher=$(key --tenant police --scopes desk --roles dispatcher)
station_7=$(key --tenant police --scopes desk --roles station --district 7)
station_8=$(key --tenant police --scopes desk --roles station --district 8)
expect 1 key --tenant police --scopes desk
says err '--roles goes with the scopes desk and connector'
expect 1 key --tenant police --scopes desk --roles emperor
expect 0 "$DUANKA" keys list --data d
says out 'roles admin'

start() {
	mkfifo said
	"$DUANKA" serve --config duanka.toml --data d --policy p --listen 127.0.0.1:0 2>said &
	pid=$!
	while IFS= read -r line; do
		case $line in *"listening on"*) break ;; esac
	done <said
	rm said
	url=http://${line##*listening on }
}
stop() {
	kill $pid
	wait $pid || fail "exit status $?"
	pid=
}
start

# ask KEY METHOD PATH [curl's options]: status in $status, body in ./body
ask() {
	bearer=$1 method=$2 path=$3
	shift 3
	status=$(curl -s -o body -w '%{http_code}' -X "$method" -H "Authorization: Bearer $bearer" "$@" "$url$path")
}
must() { # must STATUS KEY METHOD PATH ...
	want=$1
	shift
	ask "$@"
	[ "$status" = "$want" ] || {
		cat body >&2
		fail "$status instead of $want: $*"
	}
}
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" body | head -n 1; }
first_id() { sed -n 's/^{"position":[0-9]*,"repeated":[a-z]*,"object":{"id":"\([^"]*\)".*/\1/p' body; }

# A message is for whoever reaches its object now, not for whoever reached it when it was sent.
must 201 "$analyst" POST /v1/warnings -d '{"grade":3,"type":"fund","evidence":[1],"phone":"13812345670","district":7}'
warning=$(first_id)
sees() { # sees yes|no KEY
	must 200 "$2" GET "/v1/desk/messages?object=$warning"
	if [ "$1" = yes ]; then says body "\"object\":\"$warning\""; else says body '{"messages":[],'; fi
}
sees yes "$station_7"
sees no "$station_8"
must 200 "$analyst" GET "/v1/desk/messages?object=$warning"
message=$(sed -n 's/.*"id":"\(X-[0-9]*\)".*/\1/p' body)
must 200 "$station_7" GET "/v1/desk/messages/$message"
must 200 "$dispatcher" POST "/v1/warnings/$warning/transfer" -H 'If-Match: *' -d '{"to_district":8}'
must 200 "$analyst" POST "/v1/warnings/$warning/accept-transfer" -H 'If-Match: *'
sees no "$station_7"
must 404 "$station_7" GET "/v1/desk/messages/$message"
sees yes "$station_8"
must 200 "$station_8" GET "/v1/desk/messages/$message"

# Two administrators make a user; nobody alone.
users() { DUANKA_API_KEY=$1 && shift && export DUANKA_API_KEY && "$DUANKA" users "$@" --url "$url"; }
expect 0 users "$admin_1" add li.lei --roles operator-desk,leader --organisation 21
says out 'invited'
user=$(cut -d' ' -f1 out)
expect 1 users "$admin_1" approve "$user"
says err 'who proposed cannot approve'
expect 0 users "$admin_2" approve "$user"
says out 'active'
expect 1 users "$admin_1" reset "$user"
expect 0 users "$admin_2" reset "$user"
code=$(cat out)
expect 0 users "$admin_1" list
says out 'li.lei'
says out 'leader,operator-desk'
expect 0 users "$admin_1" roles "$user" --roles operator-desk,leader,analyst
expect 0 users "$admin_2" approve "$user"
expect 0 users "$operator" list # of its organisation
says out 'li.lei'
expect 1 users "$operator" add han.mei --roles leader
expect 1 "$DUANKA" users
# li.lei is a leader: what leaders approve is now done by people.
must 403 "$analyst" POST "/v1/warnings/$warning/accept-transfer" -H 'If-Match: *'
says body 'desk-log-in'
status=$(curl -s -o body -w '%{http_code}' "$url/v1/invitations" \
	-d "{\"login\":\"li.lei\",\"code\":\"$code\",\"password\":\"correct horse battery\"}")
[ "$status" = 200 ] || fail "$status: $(cat body)"
says body 'otpauth://totp/duanka:li.lei'
status=$(curl -s -o body -w '%{http_code}' "$url/v1/login" -d '{"login":"li.lei","password":"correct horse battery","totp":"000000x"}')
[ "$status" = 400 ] || fail "$status: $(cat body)"

# A card is notified: a measure enters the ledger.
must 201 "$operator" POST /v1/cards -d '{"step":"list","phone":"13812345678","operator":21,"person":"110101199003074610","level":1,"basis":"AFL-11","evidence":[1]}'
card=$(first_id)
says body '138****5678'
token=$(sed -n 's/.*"subject":{"kind":"phone","token":"\([0-9a-f]*\)".*/\1/p' body)
must 200 "$operator" POST "/v1/cards/$card/notify" -H 'If-Match: "1"' -d '{"method":"counter","reason":"a secret reason"}'
must 428 "$operator" POST "/v1/cards/$card/lift"
must 422 "$operator" POST /v1/desk/views -d "{\"object\":\"$card\",\"case\":\"A-7\"}"
must 200 "$operator" POST /v1/desk/views -d "{\"object\":\"$card\",\"purpose\":\"call the holder\",\"case\":\"A-7\",\"fields\":[\"phone\"]}"
says body '13812345678'

# What auditors find, beside the running service.
expect 0 "$DUANKA" audit person "$token" --data d
says out 're-verify'
says out 'basis          法律依据 AFL-11'
says out 'remedy'
says out "by key-3 (operator-desk)"
says out 'actor          提出人 key-3'
says out 'approver       审批人 null'
says out '1 measures 措施, 1 in force 生效中; 1 other objects 其他业务'
expect 0 "$DUANKA" audit person "$token" --data d --json
node -e 'const d = JSON.parse(require("fs").readFileSync("out")); process.exit(d.measures.length === 1 && d.objects.length === 1 && d.objects[0].history.length === 2 ? 0 : 1)' ||
	fail "the JSON of audit person"
expect 0 "$DUANKA" audit person 00000000000000000000000000000001 --data d
says out '0 measures'
expect 1 "$DUANKA" audit person 138 --data d
expect 0 "$DUANKA" audit access --data d
says out 'view  carrier/'
says out 'key-3, why 事由: call the holder, case 案件: A-7'
says out "phone:$token"
says out '1 times'
expect 0 "$DUANKA" audit access --data d --person "$token" --user key-3 --json
says out '"act":"view"'
expect 0 "$DUANKA" audit access --data d --user key-9
says out '0 times'
expect 0 "$DUANKA" audit access --data d --to 2020-01-01T00:00:00
says out '0 times'
expect 0 "$DUANKA" audit access --data d --from 2020-01-01T00:00:00
says out '1 times'
expect 1 "$DUANKA" audit access --data d --from yesterday
stop

# Nobody's number or reason lies about in plain, nor do secrets.
for f in d/*; do
	[ -f "$f" ] || continue
	for plain in 13812345678 110101199003074610 'a secret reason' 'correct horse battery' "$code"; do
		! grep -qaF "$plain" "$f" || fail "$f has $plain"
	done
done
! grep -rqaF 13812345678 d/journal 2>/dev/null || fail "the journal names somebody"
expect 0 "$DUANKA" audit verify --data d
