# methods.sh - nine weeks of messages in which a script begins in the last one: the service looks by itself, finds it once however often it looks, and a draft of a bulletin with its words waits for an editor.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
cat >duanka.toml <<TOML
[methods]
every = "1s"
TOML
key() { "$DUANKA" keys add --data d --tenant "$1" --scopes "$2" ${3:+--roles "$3"}; }
feed=$(key operator decide,events,metrics)
editor=$(key police desk editor)
analyst=$(key police desk,policies analyst)
mkfifo said
start() {
	"$DUANKA" serve --config duanka.toml --data d --policy "$policy" --lists "$policy/lists" --listen 127.0.0.1:0 2>said &
	pid=$!
	while IFS= read -r line; do
		case $line in *"listening on"*) break ;; esac
	done <said
	url=http://${line##*listening on }
	cat said >/dev/null &
}
get() { # get KEY PATH
	curl -sS -o body -w '%{http_code}' -H "Authorization: Bearer $1" "$url$2" >status
	says status 200
}

# Noise of nine weeks, 60 messages a week of words drawn from 300; in the last week 45 of one script, whose names and numbers differ. The seed is fixed.
midnight=$(date -d "$(TZ=Asia/Shanghai date +%Y-%m-%d)T00:00:00+08:00" +%s)
echo "seed 11"
awk -v end="$midnight" 'BEGIN { srand(11)
	for (w = 0; w < 300; w++) { s = ""; n = 3 + int(rand() * 6); for (k = 0; k < n; k++) s = s substr("abcdefghijklmnopqrstuvwxyz", 1 + int(rand() * 26), 1); word[w] = s }
	for (i = 0; i < 540; i++) { t = end - 9 * 604800 + int((i + rand()) * 9 * 604800 / 540); b = ""; for (k = 0; k < 9; k++) b = b word[int(rand() * 300)] " "; print t "\t" b }
	for (i = 0; i < 45; i++) { t = end - 500000 + i * 10000 + int(rand() * 9000); print t "\t您好，" word[i] "您尾号" 1000 + int(rand() * 8999) "的养老金账户待补缴，逾期将停发，请即点开链接办理补缴手续" } }' | sort -n >messages
while IFS='	' read -r t body; do
	printf '{"event":"sms","time":"%s","sender":"1390000%04d","receiver":"1380000%04d","body":"%s"}\n' "$(date -u -d "@$t" +%Y-%m-%dT%H:%M:%SZ)" "$((t % 9973))" "$((t % 9967))" "$body"
done <messages >events

# The script is not there yet: the service looks, and drafts nothing.
first=$(awk -v from=$((midnight - 500000)) '$1 < from { n = NR } END { print n }' messages)
head -n "$first" events >before
tail -n "+$((first + 1))" events >since
[ "$(grep -c 养老金 since)" = 45 ] || fail "the script is not in the last week"
start
curl -sS -o body -w '%{http_code}' -H "Authorization: Bearer $feed" --data-binary @before "$url/v1/events" >status
says status 200
says body "\"accepted\":$first,"
looked() { # looked N: until so many scans are over
	until get "$analyst" /v1/jobs && [ "$(grep -o '"kind":"method-scan","state":"done"' body | wc -l)" -ge "$1" ]; do :; done
}
scans() {
	get "$analyst" /v1/jobs
	grep -o '"kind":"method-scan"' body | wc -l
}
looked $(($(scans) + 2))
get "$editor" /v1/bulletins
says body '"objects":[]'

# It begins: a draft, and no second one however often the service looks.
curl -sS -o body -w '%{http_code}' -H "Authorization: Bearer $feed" --data-binary @since "$url/v1/events" >status
says body "\"accepted\":$((585 - first)),"
until get "$editor" /v1/bulletins && grep -q '"id":"BU-' body; do :; done
looked $(($(scans) + 2))
get "$editor" /v1/bulletins
[ "$(grep -o '"id":"BU-[0-9]*"' body | sort -u | wc -l)" = 1 ] || fail "one draft: $(cat body)"
id=$(sed -n 's/.*"id":"\(BU-[0-9]*\)".*/\1/p' body | head -n 1)
get "$editor" "/v1/bulletins/$id"
says body '"name":"draft"'
says body '养老金账户待补缴'
says body '疑似新手法'

grep -q '"seen":[2-4][0-9],' body || fail "most of the 45 are alike: $(cat body)"
says body '"before":0'

# Nobody looks any more when the setting says so.
kill -TERM "$pid"
wait "$pid"
printf '[methods]\nevery = "0s"\n' >duanka.toml
start
curl -sS -o body -w '%{http_code}' -X POST -H "Authorization: Bearer $analyst" --data-binary '{"why":"by hand"}' "$url/v1/method-scans" >status
says status 202
looked 1
get "$analyst" /v1/jobs
[ "$(grep -o '"kind":"method-scan"' body | wc -l)" = 1 ] || fail "it looked by itself: $(cat body)"
says body "by hand"
get "$editor" /v1/bulletins
[ "$(grep -o '"id":"BU-[0-9]*"' body | sort -u | wc -l)" = 1 ] || fail "another draft: $(cat body)"
