# hostile.sh - the service among those who do not mean well: requests that can be read in two ways, that never end, that are too much; slow
# senders, slow readers, thousands who connect and say nothing. Each gets what doc/http-api.md says, and whoever behaves is served meanwhile.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
long=$(printf '%03000d' 0)
cat >p/r.dk <<DK
rule each on call about caller when talk >= 0s then alert blue, score 1 because "$long"
DK
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said

start() { # start [options]: until requests are answered; $url, $port are where
	"$DUANKA" serve --data d --policy p --listen 127.0.0.1:0 --tick 1h "$@" 2>said &
	pid=$!
	while IFS= read -r line; do
		echo "$line" >>log
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
	port=${url##*:}
}
stop() {
	kill -TERM "$pid"
	got=0
	wait $pid || got=$?
	pid=
	[ "$got" = 0 ] || fail "exit status $got after SIGTERM"
}
ask() { # ask PATH [curl options]: body in ./body, head in ./head, status in $status
	path=$1
	shift
	status=$(curl -s -o body -D head -w '%{http_code}' -H "Authorization: Bearer $key" "$@" "$url$path") || true
}
answers() { # answers STATUS TEXT
	[ "$status" = "$1" ] || {
		cat body >&2
		fail "HTTP $status instead of $1 for $path"
	}
	says body "$2"
}
# raw STATUS TEXT PRINTF-FORMAT: the bytes as they are; TEXT stands in the answer, and the connection ends. STATUS -: no answer at all.
raw() {
	# shellcheck disable=SC2059 # the format is the request
	printf "$3" | "$HOSTILE" "$port" send 0 >out
	[ "$1" = - ] && want='[closed]' || want="HTTP/1.1 $1 "
	grep -aqF -- "$want" out && grep -aqF -- "$2" out && grep -aqF '[closed]' out || {
		cat out >&2
		fail "not $1 with \"$2\" for: $3"
	}
	[ "$1" != - ] || ! grep -aq HTTP out || fail "an answer to: $3"
	case $1 in 4* | 5* | -) ! grep -aq 'HTTP/1.1 200' out || fail "a second request was read out of: $3" ;; esac
}
metric() { # metric NAME: its value in $value
	ask /metrics
	value=$(sed -n "s/^duanka_$1 //p" body)
}
now=$(date +%s)000000
call() { # call CALLER CALLEE
	printf '{"event":"call","time":"%s","caller":"%s","callee":"%s","talk":12}' "$now" "$1" "$2"
}

key=$("$DUANKA" keys add --data d --tenant bank-1 --scopes decide,events,alerts,metrics,entities,admin)
H='Host: x\r\n'
A="Authorization: Bearer $key\r\n"
end='Connection: close\r\n\r\n'
start --idle 1 --body 1

# ---- where a request begins and ends ----
raw 200 alive "GET /v1/health HTTP/1.1\r\n$H$end"
raw 200 alive "GET /v1/health HTTP/1.0\r\n\r\n"
raw 200 alive "GET /v1/health HTTP/1.1\nHost: x\nConnection: close\n\n"
raw 400 Host "GET /v1/health HTTP/1.1\r\n\r\n"
raw 400 problem:frame "GET /v1/health HTTP/1.1\r\n$H$H\r\n"
raw 505 '' "GET /v1/health HTTP/2.0\r\n$H\r\n"
raw 505 '' "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
raw 400 '' "GET /v1/health\r\n\r\n"
raw - '' "\001\002\003\r\n\r\n"
raw - '' "\026\003\001\002\000\001\000\001\374\003\003\r\n\r\n"
raw - '' "GET /v1/health x HTTP/1.1\r\n$H\r\n"
raw - '' "GET /v1/health HTTP/1.1\rHost: x\r\r"
raw - '' ''
raw 400 '' "GET /v1/health HTTP/1.1\r\n${H}no colon\r\n\r\n"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length : 5\r\n\r\nGET /v1/health HTTP/1.1\r\n$H\r\n"
raw 400 '' "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: -1\r\n\r\n{}"
raw 400 '' "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: +2\r\n\r\n{}"
raw 400 '' "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 2, 2\r\n\r\n{}"
raw 400 '' "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 0x2\r\n\r\n{}"
raw 413 '' "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 99999999999999999999999\r\n\r\n{}"
raw 413 problem:size "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 999999999999\r\n\r\n{}"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}GET /v1/health HTTP/1.1\r\n$H\r\n"
smuggled="0\r\n\r\nGET /v1/health HTTP/1.1\r\n$H\r\n"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n$smuggled"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n$smuggled"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n$smuggled"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Transfer-Encoding: xchunked\r\n\r\n$smuggled"
raw 400 problem:frame "POST /v1/decide HTTP/1.0\r\n$H${A}Transfer-Encoding: chunked\r\n\r\n$smuggled"
chunked="POST /v1/decide HTTP/1.1\r\n$H${A}Transfer-Encoding: chunked\r\n\r\n"
raw 413 '' "${chunked}ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"
raw 400 '' "${chunked}-1\r\n{}\r\n0\r\n\r\n"
raw 400 '' "${chunked}zz\r\n{}\r\n0\r\n\r\n"
raw - '' "${chunked}7fffffffffffffff\r\n{}"
raw - '' "${chunked}40\r\n{}"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H$A${A}Content-Length: 2\r\n\r\n{}"
raw 400 problem:frame "POST /v1/decide HTTP/1.1\r\n$H${A}Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}"
raw 431 '' "GET /v1/health HTTP/1.1\r\n${H}X: $(printf '%040000d' 0)\r\n\r\n"
raw 431 '' "GET /v1/health HTTP/1.1\r\n$H$(printf 'X: y\\r\\n%.0s' $(seq 3000))\r\n"
raw 414 '' "GET /$(printf '%040000d' 0) HTTP/1.1\r\n$H\r\n"
raw 414 problem:target "GET /v1/explain/$(printf '%0600d' 0) HTTP/1.1\r\n$H\r\n"

# Several requests at once are answered in their order; a body that nobody asked for is passed over.
printf "GET /v1/health HTTP/1.1\r\n${H}\r\nGET /v1/nothing HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabcGET /v1/ready HTTP/1.1\r\n${H}\r\n" |
	"$HOSTILE" "$port" send 3 >out
[ "$(grep -a '^HTTP' out | tr -d '\r' | cut -d' ' -f2 | tr '\n' ' ')" = "200 404 200 " ] || fail "pipelined requests: $(cat out)"
printf "POST /v1/decide HTTP/1.1\r\n$H${A}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}" | "$HOSTILE" "$port" send 1 >out
says out '100 Continue'
says out '422'
printf "POST /v1/decide HTTP/1.1\r\n$H${A}Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n" | "$HOSTILE" "$port" send 1 >out
! grep -aq '100 Continue' out || fail "a body that is too large was asked for"
says out 413

# ---- addresses and methods ----
raw 400 problem:target "GET /v1/health%%00 HTTP/1.1\r\n$H\r\n"
raw 400 problem:target "GET /v1%%2fhealth HTTP/1.1\r\n$H\r\n"
raw 400 problem:target "GET /v1%%5Chealth HTTP/1.1\r\n$H\r\n"
raw 400 problem:target "GET /v1/health%%2 HTTP/1.1\r\n$H\r\n"
raw 400 problem:target "GET /v1/alerts?rule=a%%00b HTTP/1.1\r\n$H$A\r\n"
raw 400 problem:target "GET http://x/v1/health HTTP/1.1\r\n$H\r\n"
raw 400 problem:target "OPTIONS * HTTP/1.1\r\n$H\r\n"
raw 400 problem:target "CONNECT x:443 HTTP/1.1\r\n$H\r\n"
raw 404 problem:unknown "GET /v1/hea\000lth HTTP/1.1\r\n$H$end"
raw 404 problem:unknown "GET /v1/../v1/health HTTP/1.1\r\n$H$end"
raw 404 problem:unknown "GET /v1/policy/../../etc/passwd HTTP/1.1\r\n$H$end"
raw 404 problem:unknown "GET //v1/health HTTP/1.1\r\n$H$end"
raw 404 problem:unknown "GET /v1/health/ HTTP/1.1\r\n$H$end"
raw 200 alive "GET /v1/%%68ealth?x=1&x=2 HTTP/1.1\r\n$H$end"
raw 200 'Content-Length: 19' "HEAD /v1/health HTTP/1.1\r\n$H$end"
! grep -aq alive out || fail "HEAD has a body"
raw 405 'Allow: POST' "OPTIONS /v1/decide HTTP/1.1\r\n$H$end"
raw 405 'Allow: GET, HEAD' "BREW /v1/health HTTP/1.1\r\n$H$end"
raw 405 'Allow: GET, HEAD' "get /v1/health HTTP/1.1\r\n$H$end"
raw 405 'Allow: POST' "TRACE /v1/decide HTTP/1.1\r\n$H$end"
for bad in "/v1/entities/phone/00" "/v1/entities/phone/zz3456789012345678901234567890ab" "/v1/entities/nothing/00000000000000000000000000000000" \
	"/v1/entities/phone/00000000000000000000000000000000"; do
	ask "$bad"
	answers 404 'No such entity'
done
for bad in limit=-1 limit=x limit= cursor=99999999999999999999 cursor=9223372036854775808 cursor=-1 cursor= from=abc 'cursor=%201' 'cursor=1&from=0x1'; do
	ask "/v1/alerts?$bad"
	answers 400 'is a whole number from 0 to'
done
for bad in cursor=99999999999999999999 cursor=x cursor=; do
	ask "/v1/alerts/stream?$bad"
	answers 400 'is a whole number from 0 to'
done
ask '/v1/alerts?limit=99999999999999999999&cursor=9223372036854775807'
answers 200 '"alerts":[]'

# ---- keys ----
for wrong in "Bearer" "Bearer " "Bearer x" "Basic $key" "bearer $key" "$key" "Bearer $key$key" "Bearer ${key%?}" "Bearer ${key}0"; do
	status=$(curl -s -o body -D head -w '%{http_code}' -H "Authorization: $wrong" -d '{}' "$url/v1/decide")
	answers 401 'valid key'
	says head 'WWW-Authenticate: Bearer'
done

# ---- bodies ----
deep=$(printf '%0100000d' 0)
for bad in "$(echo "$deep" | tr 0 '[')" "{\"a\":$(echo "$deep" | tr 0 '[')" "$(echo "$deep" | sed 's/0/{"a":/g')"; do
	echo "$bad" >bad
	ask /v1/decide --data-binary @bad
	answers 422 '"reason":'
done
ask /v1/decide -d '{"event":"call","event":"call"}'
answers 422 '"reason":"json"'
ask /v1/decide -d '{"event":{"a":1}}'
answers 422 '"reason":"json"'
printf '{"event":"call","time":"\300\257"}' >bad
ask /v1/decide --data-binary @bad
answers 422 '"reason":"encoding"'
printf '{"event":"call\000"}' >bad
ask /v1/decide --data-binary @bad
answers 422 '"reason":"nul"'
ask /v1/decide -d '{"event":"call","time":"\u0000"}'
answers 422 '"reason":'
ask /v1/decide -d "$(call 13800138001 13900139007 | sed "s/$now/4000000000000000/")"
answers 422 '"reason":"time_ahead"'
ask /v1/decide -d "$(call 13800138001 13900139007 | sed "s/$now/-9223372036854775808/")"
answers 422 '"reason":'
head -c 2000000 /dev/zero >bad
ask /v1/events --data-binary @bad
answers 413 'too large'
ask /v1/events -H 'Transfer-Encoding: chunked' --data-binary @bad
answers 413 'too large'
# What a body is, its path says; what its header says is not looked at.
for type in text/plain application/xml 'application/json; charset=utf-7' multipart/form-data ''; do
	ask /v1/decide -H "Content-Type: $type" -H "Idempotency-Key: type" -d "$(call 13800138001 13900139007)"
	answers 200 '"outcome":"accepted"'
done
says body '"repeated":true'

# ---- who takes too long ----
raw - '' "GET /v1/he"
raw - '' "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 100\r\n\r\n{\"event\""
stop
start --idle 600 --request 1
printf "GET /v1/health HTTP/1.1\r\n${H}X: aaaaaaaaaa" | "$HOSTILE" "$port" drip >drip1 &
one=$!
{ printf "POST /v1/decide HTTP/1.1\r\n$H${A}Content-Length: 100000\r\n\r\n" && printf '%0100d' 0; } | "$HOSTILE" "$port" drip >drip2 &
two=$!
{ printf "POST /v1/decide HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n" && printf '1\r\n \r\n%.0s' $(seq 100); } | "$HOSTILE" "$port" drip >drip3 &
three=$!
wait $one $two $three
for i in 1 2 3; do says drip$i '[closed]'; done
for i in $(seq 1500); do
	call 13800138002 13900139$(printf %03d $((i % 1000)))
	echo
done >batch
ask /v1/events --data-binary @batch
answers 200 '"accepted":1500'
metric http_slow_total
slow=$value
[ "$slow" = 3 ] || fail "$slow instead of 3 connections were slow"
printf "GET /v1/alerts?limit=1000 HTTP/1.1\r\n$H$A\r\n" | "$HOSTILE" "$port" sip &
one=$!
printf "GET /v1/alerts/stream?cursor=0 HTTP/1.1\r\n$H$A\r\n" | "$HOSTILE" "$port" sip &
two=$!
tries=0
until [ "$value" = 5 ]; do
	metric http_slow_total
	tries=$((tries + 1))
	[ $tries -lt 20000 ] || fail "slow readers are not cut off"
done
kill $one $two
wait $one $two 2>/dev/null || true
# A stream without news is not slow, nor is a connection that says nothing: they outlive one that drips.
mkfifo stream held go
curl -sN -H "Authorization: Bearer $key" "$url/v1/alerts/stream" >stream &
one=$!
"$HOSTILE" "$port" hold 1 <go >held &
two=$!
exec 3<stream 4>go 5<held
read -r line <&3 # retry
read -r line <&5
printf "GET /v1/health HTTP/1.1\r\n${H}X: aaaaaaaaaa" | "$HOSTILE" "$port" drip >drip1
ask /v1/decide -d "$(call 13800138002 13900139000)"
answers 200 '"score":1'
: >line
until grep -q '^id:' line; do
	read -r line <&3 || fail "a stream without news was cut off"
	echo "$line" >line
done
exec 4>&-
read -r line <&5
[ "$line" = "[closed] 0" ] || fail "a connection between requests was cut off"
kill $one
wait $one 2>/dev/null || true
wait $two
exec 3<&- 5<&-
stop

# ---- who takes all places ----
start --idle 600 --connections 64
"$HOSTILE" "$port" hold 2000 <go >held &
one=$!
exec 4>go 5<held
read -r line <&5
[ "$line" = "[held]" ] || fail "the connections are not there: $line"
for i in 1 2 3 4 5; do
	ask /v1/decide -d "$(call 13800138003 1390013900$i)"
	answers 200 '"outcome":"accepted"'
done
metric http_full_total
[ "$value" -ge 1936 ] || fail "only $value newcomers took a place"
metric http_connections
[ "$value" -le 320 ] || fail "$value connections"
exec 4>&-
read -r line <&5
wait $one
closed=${line#\[closed\] }
[ "$closed" -ge 1936 ] || fail "the service closed $closed of 2000 connections that said nothing"
ask /v1/ready
answers 200 ready
stop
