# admin.sh - keys over HTTP: made, good at once, told once, revoked, gone at once; beside `duanka keys` and SIGHUP; and what the audit on the command line says of it all.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said
mkdir p
cat >p/rules.dk <<'DK'
entity phone
event call { caller: phone, callee: phone }
event label { by_rule: text, right: bool, phone: phone? }
rule each on call about caller when count(call by caller over 1h) >= 1 then alert red, score 7 because "each"
DK
admin=$("$DUANKA" keys add --data d --tenant police --scopes admin,alerts,decide)
cat >d.toml <<'TOML'
[tenant.police]
number = 1
sees = ["*:*.*"]
[tenant.bank]
number = 2
TOML
"$DUANKA" serve -c d.toml --data d --policy p --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
cat said >/dev/null &
url=http://${line##*listening on }
ask() { # ask KEY PATH [BODY]: status and answer in ./out
	curl -s -w '\n%{http_code}\n' -H "Authorization: Bearer $1" ${3+-d "$3"} "$url$2" >out
}
status() { [ "$(tail -n 1 out)" = "$1" ] || {
	cat out >&2
	fail "not HTTP $1"
}; }
ask "$admin" /v1/keys '{"tenant":"bank","scopes":["alerts","desk"],"roles":["auditor"],"note":"of the auditor","why":"a new auditor"}'
status 200
says out '"in_force":true'
key=$(sed -n 's/.*"key":"\(dk_[^"]*\)".*/\1/p' out)
id=$(sed -n 's/.*"made":{"id":"\([^"]*\)".*/\1/p' out)
ask "$key" /v1/audit/access
status 200
ask "$key" /v1/keys
status 403
ask "$admin" /v1/keys
status 200
says out "\"id\":\"$id\",\"tenant\":\"bank\",\"scopes\":[\"alerts\",\"desk\"],\"roles\":[\"auditor\"]"
grep -q "${key#dk_????????_}" out && fail "a key is told twice"
expect 0 "$DUANKA" keys list --data d
says out "$id  bank"
grep -rqF "${key#dk_????????_}" d && fail "a key stands in the data directory"

# Both ways of changing the file know of each other.
other=$("$DUANKA" keys add --data d --tenant bank --scopes alerts)
ask "$admin" "/v1/keys/$id/revoke" '{"why":"the auditor left"}'
status 200
ask "$key" /v1/audit/access
status 401
ask "$other" /v1/alerts # the reload brought it
status 200
ask "$admin" /v1/keys/00000000/revoke '{"why":"none"}'
status 404

# Settings that can't be read again: what is in the file is said not to be in force.
cp d.toml good.toml
echo nonsense >>d.toml
ask "$admin" /v1/keys '{"tenant":"bank","scopes":["alerts"],"why":"too early"}'
status 200
says out '"in_force":false'
late=$(sed -n 's/.*"key":"\(dk_[^"]*\)".*/\1/p' out)
ask "$late" /v1/alerts
status 401
id=${other#dk_}
ask "$admin" "/v1/keys/${id%%_*}/revoke" '{"why":"it was lost"}'
status 503
cp good.toml d.toml
ask "$admin" /v1/reload ''
status 200
ask "$late" /v1/alerts
status 200
ask "$other" /v1/alerts
status 401
ask "$admin" /v1/organisations
status 200
says out '"name":"bank"'
ask "$admin" /v1/health/details
status 200
says out '"quarantine_open":0'

# A verdict is in the registry, and comes back with it.
ask "$admin" /v1/decide '{"event":"call","time":"2026-03-02T10:00:01+08:00","caller":"13800138000","callee":"13900139000"}'
status 200
ask "$admin" "/v1/alerts?limit=1"
alert=$(sed -n 's/.*"alerts":\[{"id":"\([^"]*\)".*/\1/p' out)
[ -n "$alert" ] || fail "the calls raised no alert"
says out '"verdict":null'
ask "$admin" "/v1/alerts/$alert/verdict" '{"verdict":"false","why":"a pizza service"}'
status 200
grep -q '"label":[0-9]' out || fail "the verdict became no event"
ask "$admin" "/v1/alerts?limit=1"
says out '"verdict":{"verdict":"false","by":"police/'
kill $pid
wait $pid || fail "exit status $?"
pid=
expect 0 "$DUANKA" registry verify --data d
expect 0 "$DUANKA" audit verify --data d
says out "whole and unaltered"
