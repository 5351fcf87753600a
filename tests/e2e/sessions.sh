# sessions.sh - somebody logs in over TLS as a browser would: the cookie, what the user's roles open and what they don't, what a page of another site can't do, and what becomes of those who guess.
. "$SOURCE_DIR/tests/e2e/lib.sh"
. "$SOURCE_DIR/tests/e2e/tls.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir p web
cp "$policy/00-schema.dk" p/
echo 'rule each on call about caller when talk >= 0s then alert red, score 7 because "a call"' >p/r.dk
echo '<!doctype html><title>console</title>' >web/index.html
authority ca
certificate server ca /CN=server serverAuth 127.0.0.1 -days 2
key() { "$DUANKA" keys add --data d --tenant police "$@"; }
admin_1=$(key --scopes desk --roles admin)
admin_2=$(key --scopes desk --roles admin)
events=$(key --scopes decide)
mkfifo said
"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --tls-certificate server.pem --tls-key server.key --console web 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=https://${line##*listening on }

ask() { # ask WANTED-STATUS PATH CURL-OPTIONS...: body in ./body, headers in ./head
	want=$1 path=$2
	shift 2
	status=$(curl -s --cacert ca.pem -D head -o body -w '%{http_code}' "$@" "$url$path")
	[ "$status" = "$want" ] || { cat head body >&2; fail "HTTP $status instead of $want: $path"; }
}
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" body; }
invite() { # invite LOGIN ROLES: its code is in ./body
	ask 201 /v1/users -H "Authorization: Bearer $admin_1" -d "{\"login\":\"$1\",\"roles\":$2}"
	user=$(sed -n 's/.*"object":{"id":"\([^"]*\)".*/\1/p' body)
	ask 200 "/v1/users/$user/activate" -H "Authorization: Bearer $admin_2" -H 'If-Match: *' -d ''
	ask 200 "/v1/users/$user/invitation" -H "Authorization: Bearer $admin_2" -d ''
}
cat >totp.py <<'PY'
import base64, hashlib, hmac, struct, sys, time
n = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
print("%06d" % ((struct.unpack(">I", n[n[19] & 15:][:4])[0] & 0x7fffffff) % 1000000))
PY

# ---- in ----
invite li.lei 32 # analyst
ask 200 /v1/invitations -d "{\"login\":\"li.lei\",\"code\":\"$(member code)\",\"password\":\"correct horse battery\"}"
seed=$(member totp_seed)
login="{\"login\":\"li.lei\",\"password\":\"correct horse battery\",\"totp\":\"$(python3 totp.py "$seed")\"}"
ask 403 /v1/login -H 'Sec-Fetch-Site: cross-site' -c jar -d "$login"
says body 'urn:duanka:problem:csrf'
! grep -qi '^set-cookie' head || fail "a login from elsewhere gets a cookie"
ask 200 /v1/login -H 'Sec-Fetch-Site: same-origin' -c jar -d "$login"
says head 'HttpOnly; SameSite=Strict; Max-Age=43200; Secure'
csrf=$(member csrf)
ask 401 /v1/login -d "$login" # a code counts once

# ---- what an analyst may ----
ask 200 /v1/me -b jar
says body '"roles":["analyst"]'
says body '"login":"li.lei","scopes":["alerts","policies","entities","lists","desk","match"],"read_only":[]'
ask 200 /v1/decide -H "Authorization: Bearer $events" -d "{\"event\":\"call\",\"time\":\"$(date -u +%Y-%m-%dT%H:%M:%S+00:00)\",\"caller\":\"13800138000\",\"callee\":\"13900139000\",\"talk\":60}"
ask 200 /v1/alerts -b jar
says body '"rule":"each"'
for path in /v1/policy /v1/lists /v1/jobs; do
	ask 200 "$path" -b jar
done
for path in /metrics /v1/quarantine; do
	ask 403 "$path" -b jar
	says body 'urn:duanka:problem:scope'
done
ask 403 /v1/decide -b jar -H "X-CSRF-Token: $csrf" -d '{}'
ask 403 /v1/reveal -b jar -H "X-CSRF-Token: $csrf" -d '{}'
body='{"kind":"phone","value":"13800138000","reason":"a case"}'
ask 403 /v1/token -b jar -d "$body"
says body 'urn:duanka:problem:csrf'
ask 403 /v1/token -b jar -H 'X-CSRF-Token: AAAAAAAAAAAAAAAAAAAAAA' -d "$body"
ask 200 /v1/token -b jar -H "X-CSRF-Token: $csrf" -d "$body"

# ---- no frame of another site has the pages in it, and the session's cookie is no way around a key ----
ask 200 /console/ -b jar
says head "frame-ancestors 'none'"
says head 'X-Frame-Options: DENY'
ask 401 /v1/alerts -b jar -H 'Authorization: Bearer dk_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

# ---- out ----
curl -s --cacert ca.pem -N -b jar -o stream "$url/v1/alerts/stream?cursor=0" &
listener=$!
until grep -qF 'event: alert' stream 2>/dev/null; do kill -0 $listener || fail "the stream ended"; done
ask 200 /v1/logout -b jar -H "X-CSRF-Token: $csrf" -d ''
wait $listener || fail "the stream did not end well"
ask 401 /v1/alerts -b jar

# ---- guessing ----
n=0 status=
while [ "$status" != 429 ]; do
	status=$(curl -s --cacert ca.pem -D head -o body -w '%{http_code}' -d '{"login":"nobody.there","password":"correct horse battery","totp":"123456"}' "$url/v1/login")
	n=$((n + 1))
	[ $n -lt 40 ] || fail "nobody minds the guessing"
done
says head 'Retry-After: 60'
kill "$pid"
wait "$pid" || fail "it did not stop well"
pid=
