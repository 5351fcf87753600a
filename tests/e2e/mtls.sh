# mtls.sh - client certificates: made by openssl, shown by curl. The right one goes with the right key, and no other does.
. "$SOURCE_DIR/tests/e2e/lib.sh"
. "$SOURCE_DIR/tests/e2e/tls.sh"
mkfifo said
mkdir p
cp "$policy/00-schema.dk" p/
echo 'rule each on call about caller when talk >= 0s then alert red, score 7 because "a call"' >p/r.dk
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT

authority alliance
authority stranger
certificate server stranger /CN=server serverAuth 127.0.0.1 -days 2
certificate bank-1 alliance /CN=gateway.bank-1.example clientAuth 127.0.0.1 -days 2
certificate bank-2 alliance /O=somebody/CN=gateway.bank-2.example clientAuth 127.0.0.1 -days 2
certificate forged stranger /CN=gateway.bank-1.example clientAuth 127.0.0.1 -days 2
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem -subj /CN=gateway.bank-1.example -days 2 2>/dev/null
certificate server-only alliance /CN=gateway.bank-1.example serverAuth 127.0.0.1 -days 2
certificate two-names alliance /CN=gateway.bank-1.example/CN=gateway.bank-2.example clientAuth 127.0.0.1 -days 2
certificate no-name alliance /O=gateway.bank-1.example clientAuth 127.0.0.1 -days 2
certificate longer alliance /CN=gateway.bank-1.example.com clientAuth 127.0.0.1 -days 2
# Over since yesterday.
openssl req -new -key bank-1.key -subj /CN=gateway.bank-1.example -out csr 2>/dev/null
mkdir ca
: >ca/index
echo 01 >ca/serial
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=ca/index\nserial=ca/serial\nnew_certs_dir=ca\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' >ca/conf
yesterday=$(date -u -d yesterday +%y%m%d%H%M%SZ)
openssl ca -batch -config ca/conf -cert alliance.pem -keyfile alliance.key -in csr -out over.pem -notext -startdate 200101000000Z -enddate "$yesterday" 2>/dev/null
cp bank-1.key over.key

cat >duanka.toml <<'EOF'
[data]
directory = "d"
[policy]
directory = "p"
[http]
listen = "127.0.0.1:0"
[tls]
certificate = "server.pem"
key = "server.key"
client_ca = "alliance.pem"
[tenant.bank-1]
number = 1
client_cn = "gateway.bank-1.example"
[tenant.bank-2]
number = 2
client_cn = "gateway.bank-2.example"
[tenant.media-1]
number = 3
EOF
key_1=$("$DUANKA" keys add --data d --tenant bank-1 --scopes policies)
key_2=$("$DUANKA" keys add --data d --tenant bank-2 --scopes policies)
key_3=$("$DUANKA" keys add --data d --tenant media-1 --scopes policies)
"$DUANKA" serve -c duanka.toml 2>said &
pid=$!
while IFS= read -r line; do
	echo "$line" >>err
	case $line in *"listening on"*) break ;; esac
done <said
url=https://${line##*listening on }

# ask KEY [curl options]: status in $status, body in ./body
ask() {
	key=$1
	shift
	status=$(curl -s -o body -w '%{http_code}' --cacert stranger.pem -H "Authorization: Bearer $key" "$@" "$url/v1/policy") || status=none
}
answers() { # answers STATUS TEXT
	[ "$status" = "$1" ] || {
		cat body >&2
		fail "HTTP $status instead of $1"
	}
	says body "$2"
}
with() {
	set -- "$1.pem" "$1.key"
	echo "--cert $1 --key $2"
}

# shellcheck disable=SC2046 # two options with a value each
{
	ask "$key_1" $(with bank-1)
	answers 200 '"rules"'
	ask "$key_2" $(with bank-2)
	answers 200 '"rules"'
	ask "$key_3"
	answers 200 '"rules"' # needs none
	ask "$key_3" $(with bank-1)
	answers 200 '"rules"' # and is not hindered by one
	ask "$key_1"
	answers 401 'A client certificate is needed'
	ask "$key_1" $(with bank-2)
	answers 401 "another organisation's"
	ask "$key_2" $(with bank-1)
	answers 401 "another organisation's"
	ask "$key_1" $(with longer)
	answers 401 "another organisation's"
	for file in forged self server-only two-names no-name over; do
		ask "$key_1" $(with $file)
		answers 401 'A client certificate is needed'
	done
	ask "dk_aaaaaaaa_$(printf '%043d' 0)" $(with bank-1)
	answers 401 'A valid key is needed' # a certificate alone opens nothing

	# One connection, two keys: each is judged by itself.
	curl -s --cacert stranger.pem $(with bank-1) -w '%{http_code} %{num_connects}\n' -H "Authorization: Bearer $key_1" "$url/v1/policy" \
		--next -s --cacert stranger.pem $(with bank-1) -w '%{http_code} %{num_connects}\n' -H "Authorization: Bearer $key_2" "$url/v1/policy" \
		--next -s --cacert stranger.pem $(with bank-1) -w '%{http_code} %{num_connects}\n' -H "Authorization: Bearer $key_1" "$url/v1/policy" |
		sed -n 's/.*\(... .\)$/\1/p' >statuses
}
[ "$(tr '\n' ' ' <statuses)" = "200 1 401 0 200 0 " ] || {
	cat statuses >&2
	fail "keys on one connection were not judged one by one"
}
kill -TERM $pid
got=0
wait $pid || got=$?
pid=
[ $got = 0 ] || {
	cat err >&2
	fail "the service did not stop in order"
}

# Authorities that are none: it does not start, and says so.
echo nothing >alliance.pem
expect 1 "$DUANKA" serve -c duanka.toml
says err "alliance.pem: no certificates of authorities stand there"
