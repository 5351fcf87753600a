# openapi.sh - the document of the HTTP interface and the service say the same: see tests/openapi/check.mjs and organisations.mjs.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p l
# The schema of the examples in the document.
cat >p/schema.dk <<'DK'
entity phone { holder: person }, person
event call { caller: phone, callee: phone, talk: duration }
event bind { phone: phone, person: person } sets phone.holder = person
list "known" of phone from "known.csv"
DK
cat >p/rules.dk <<'DK'
rule each on call about caller when count(call by caller over 1h) >= 1 and talk > 10s and not (callee in list "known")
  then alert red, score 7, propose suspend(caller) basis "反电信网络诈骗法 Art 11", notify "96110" because "{count(call by caller over 1h)} calls"
rule quiet shadow on call about caller when count(call by caller over 1h) >= 1 then alert blue, score 1 because "one"
rule gone off on call about caller when count(call by caller over 1h) >= 1 then alert blue, score 1 because "one"
DK
printf 'value,until,note\n13800138000,2099-01-01,us\n' >l/known.csv
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said
key=$("$DUANKA" keys add --data d --tenant t \
	--scopes decide,events,alerts,policies,metrics,entities,lists,quarantine,reveal,admin,desk,connector,match \
	--roles "$(sed -n 's/^| step |//p; s/^|---.*//p' "$SOURCE_DIR/doc/desk-permissions.md" | tr '|' '\n' | sed 's/^ *\([a-z-]*\) .*/\1/' | grep . | sort -u | paste -sd, -)")
"$DUANKA" keys add --data d --tenant u --scopes match >/dev/null # somebody to match with
weak=$("$DUANKA" keys add --data d --tenant t --scopes metrics)
start() { # start [options]: a service, at $url
	"$DUANKA" serve --policy p --lists l --listen 127.0.0.1:0 --body 1 "$@" 2>said &
	pid=$!
	while IFS= read -r line; do
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
}
stop() {
	kill $pid
	wait $pid || fail "exit status $?"
	pid=
}
DUANKA_PUBLIC_ENABLED=true DUANKA_PUBLIC_REQUESTS=100000 DUANKA_PUBLIC_FILINGS=100000 DUANKA_PUBLIC_PROOFS=100000 DUANKA_PUBLIC_RATE=100000
DUANKA_SERVICE_POLICY_EYES=1 # one key asks everything
export DUANKA_SERVICE_POLICY_EYES DUANKA_PUBLIC_ENABLED DUANKA_PUBLIC_REQUESTS DUANKA_PUBLIC_FILINGS DUANKA_PUBLIC_PROOFS DUANKA_PUBLIC_RATE
start --data d
expect 0 "$DUANKA" serve --routes
mv out routes
expect 0 curl -sf -H "Authorization: Bearer $key" "$url/v1/desk/machines"
mv out machines
expect 0 node "$SOURCE_DIR/tests/openapi/desk.mjs" "$SOURCE_DIR/doc/openapi.json" machines
expect 0 node "$SOURCE_DIR/tests/openapi/check.mjs" "$SOURCE_DIR/doc/openapi.json" routes "$url" "$key" "$weak"
says out operations

# What only a broken disk brings: a snapshot that can't be written is a 503 that the document has.
mv d/snapshot d/aside
touch d/snapshot
status=$(curl -s -o body -w '%{http_code} %{content_type}' -X POST -H "Authorization: Bearer $key" "$url/v1/snapshot")
[ "$status" = "503 application/problem+json" ] || fail "$status for a snapshot that can't be written"
says body '"type":"urn:duanka:problem:snapshot"'
rm d/snapshot
mv d/aside d/snapshot
stop

# Organisations: see tests/openapi/organisations.mjs.
cat >o.toml <<'TOML'
[tenant.police]
number = 1
sees = ["*:*.*"]
[tenant.bank]
number = 2
rate = 1
burst = 4
[tenant.closed]
number = 3
exception = "fail-closed"
simulate = true
[tenant.last]
number = 4
exception = "last-known"
simulate = true
[tenant.certified]
number = 5
client_cn = "gateway.certified.example"
[tls]
certificate = "server.pem"
key = "server.key"
client_ca = "server.pem"
TOML
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem -subj /CN=server \
	-addext subjectAltName=IP:127.0.0.1 -days 2 2>/dev/null
for tenant in police bank closed last nobody certified; do
	"$DUANKA" keys add --data o --tenant $tenant --scopes decide,events,alerts,policies,entities,quarantine >key.$tenant
done
start -c o.toml --data o
expect 0 env NODE_EXTRA_CA_CERTS=server.pem node "$SOURCE_DIR/tests/openapi/organisations.mjs" "$SOURCE_DIR/doc/openapi.json" \
	"https://${url#http://}" "$(cat key.police)" "$(cat key.bank)" "$(cat key.closed)" "$(cat key.last)" "$(cat key.nobody)" \
	"$(cat key.certified)"
says out 'organisations: '
stop
