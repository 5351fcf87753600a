# campaign.sh - a campaign in the service: planned with its power, segmented by lot, approved by another pair of eyes, texted once each and never to whom the lot holds out; the report claims nothing
# before it is over, nor after it was stopped; and where only tokens may lie no number lies.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said
key() { # key TENANT SCOPES [ROLES]
	"$DUANKA" keys add --data d --tenant "$1" --scopes "$2" ${3:+--roles "$3"}
}
events=$(key operator decide,events,metrics)
writer=$(key police desk media,editor,analyst)
other=$(key police desk editor,leader)
cp -R "$policy" p
echo 'list "no-texts" of phone from "lists/no-texts.csv"' >>p/telecom.dk
printf 'value,until,note\n13900130118,2099-12-31,wrote R\n' >p/lists/no-texts.csv
printf '[outbox]\nrefusals = "no-texts"\n' >duanka.toml
"$DUANKA" serve --config duanka.toml --data d --policy p --lists p/lists --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
url=http://${line##*listening on }
cat said >/dev/null &

ask() { # ask KEY PATH BODY: 2xx, or it fails
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" -H 'If-Match: *' --data-binary "$3" "$url$2" >status
	case $(cat status) in 2*) ;; *) cat body >&2; fail "$2: $(cat status)" ;; esac
}
made() { # the id that an answer names
	sed -n 's/.*"id":"\([A-Z]*-[0-9]*\)".*/\1/p' body | head -n 1
}
rows() { # rows KIND [STATE]
	sqlite3 d/registry.sqlite "SELECT count(*) FROM object WHERE kind = $1 AND ($2)"
}

# 120 people: the first 80 are old enough for the audience, in Shinan.
awk 'BEGIN { split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " "); c = "10X98765432"
	for (i = 0; i < 120; i++) { p = sprintf("370202%d0101%03d", i < 80 ? 1950 : 1990, i); s = 0
		for (k = 1; k <= 17; k++) s += substr(p, k, 1) * w[k]
		printf "{\"event\":\"open_card\",\"time\":\"2026-03-01T08:00:00+08:00\",\"phone\":\"1390013%04d\",\"person\":\"%s%s\",\"district\":\"370202\"}\n", i, p, substr(c, s % 11 + 1, 1) } }' >cards
curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $events" --data-binary @cards "$url/v1/events" >status
says status 200

ask "$writer" /v1/materials '{"audience":"elderly","title":"刷单就是诈骗","summary":"先垫付后返利的刷单都是诈骗"}'
material=$(made)
ask "$writer" "/v1/materials/$material/submit" '{}'
ask "$other" "/v1/materials/$material/approve" '{}'

# ---- the plan ----
expect 0 "$DUANKA" campaign plan outcome=victims base=800 effect=300 people=1000000
says out "power 0.9"
expect 0 "$DUANKA" campaign plan outcome=victims base=800 effect=300 people=1000
says out "too few"
expect 1 "$DUANKA" campaign plan base=800 effect=300 hold_out=5
says err "hold_out is a number from 10 to 900"
expect 1 "$DUANKA" campaign plan base=800 colour=red
expect 1 "$DUANKA" campaign plan base=800
expect 1 "$DUANKA" campaign plan base=800 effect=300 seed=7
says err "draws or counts this field by itself"
expect 1 "$DUANKA" campaign plan base=800 effect=300 follow=soon
says err "follow is a duration: write 30s"
starts=$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ) ends=$(date -u -d '+9 days' +%Y-%m-%dT%H:%M:%SZ)
DUANKA_API_KEY=$writer
export DUANKA_API_KEY
expect 0 "$DUANKA" campaign plan manner=drip audience=elderly outcome=victims base=100000 effect=500 hold_out=250 channels=128 \
	material="$material" starts="$starts" ends="$ends" follow=1s people=80 --url "$url"
says out '"follow":1,'
if grep -q '"seed"' out; then fail "the seed of the lot is shown"; fi
id=$(sed -n 's/.*"id":"\(CA-[0-9]*\)".*/\1/p' out)
[ -n "$id" ] || fail "no campaign was made"

# ---- the segment ----
expect 1 "$DUANKA" campaign segment "$id" --data d
says err "there is no roster"
echo 'not a token' >wrong
expect 1 "$DUANKA" campaign roster --data d --list finance=wrong
says err "line 1 of a list is not TOKEN"
expect 1 "$DUANKA" campaign roster --data d --list cooks=wrong
sqlite3 d/registry.sqlite "SELECT printf('%016x%016x', token_1, token_0) FROM holding WHERE kind = 2 LIMIT 3" >refused
sqlite3 d/registry.sqlite "SELECT printf('%016x%016x', token_0, token_1) FROM holding WHERE kind = 2 LIMIT 3" >>refused
expect 0 "$DUANKA" campaign roster --data d --list refused=refused
says out "6 listed, 3 of them not known"
expect 0 "$DUANKA" campaign roster --data d
says out "120 people"
refused() { # refused STATUS WORD KEY PATH BODY
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $3" -H 'If-Match: *' --data-binary "$5" "$url$4" >status
	says status "$1"
	says body "$2"
}
# Nobody claims what a file has: not its numbers, not its digest, not a seed for the lot.
refused 409 'duanka campaign segment makes it' "$writer" "/v1/campaigns/$id/segment" '{}'
refused 422 'counts this by itself' "$writer" "/v1/campaigns/$id/segment" '{"size":5000,"held":1000,"digest":"abcdefgh","power_at":800}'
says body '"field":"size"'
refused 422 'draws this by itself' "$writer" "/v1/campaigns/$id/change" '{"seed":8}'
echo '{"object":"'"$id"'","step":"segment","fields":{"held":3}}' >line
curl -s -o body -H "Authorization: Bearer $writer" --data-binary @line "$url/v1/commands"
says body 'counts this by itself'
# A group that points at people leaves no file and no digest.
expect 0 "$DUANKA" campaign plan manner=drip audience=students base=100000 effect=500 channels=128 material="$material" starts="$ends" \
	ends="$(date -u -d '+12 days' +%Y-%m-%dT%H:%M:%SZ)" --url "$url"
small=$(sed -n 's/.*"id":"\(CA-[0-9]*\)".*/\1/p' out)
expect 1 "$DUANKA" campaign segment "$small" --data d
says err "0 people; a segment has at least 50"
says err "it was removed"
if grep -q digest out err || [ -e "d/campaigns/$small.segment" ]; then fail "something is left of a small group"; fi
expect 0 "$DUANKA" campaign segment "$id" --data d --url "$url"
says out "80 of 120"
says out "40 not-of-the-audience"
held=$(sed -n 's/.* \([0-9]*\) held out.*/\1/p' out)
[ "$held" -gt 5 ] && [ "$held" -lt 40 ] || fail "the lot held out $held of 80"
sed -n 's/^digest //p' out >digest
expect 0 "$DUANKA" campaign segment "$id" --data d # the same lot
says out "$(cat digest)"
[ "$(stat -c %a "d/campaigns/$id.segment" d/campaigns/roster | sort -u)" = 600 ] || fail "others may read them"
if grep -aq 13900130 d/campaigns/*; then fail "a number lies in a file of tokens"; fi

curl -s -o body -H "Authorization: Bearer $writer" "$url/v1/campaigns/$id"
says body "\"size\":80,\"held\":$held,\"digest\":\"$(cat digest)\""

# ---- four eyes, and its beginning ----
cp "d/campaigns/$id.segment" whole
printf x | dd of="d/campaigns/$id.segment" bs=1 seek=100 conv=notrunc 2>/dev/null
refused 409 '"refused":"segment"' "$other" "/v1/campaigns/$id/approve" '{}'
cp whole "d/campaigns/$id.segment"
curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $writer" -H 'If-Match: *' --data-binary '{}' "$url/v1/campaigns/$id/approve" >status
says body four-eyes
expect 1 "$DUANKA" campaign run "$id" --data d --url "$url"
says err "only a drip that is running"
ask "$other" "/v1/campaigns/$id/approve" '{}'
while [ "$(rows 25 'state = 4')" != 1 ]; do :; done

# ---- texts: whoever the lot holds out gets none, everybody else one ----
cp "d/campaigns/$id.segment" whole
printf x | dd of="d/campaigns/$id.segment" bs=1 seek=100 conv=notrunc 2>/dev/null
expect 1 "$DUANKA" campaign run "$id" --data d --url "$url"
says err "not the segment whose digest"
curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $writer" --data-binary "{\"step\":\"text\",\"campaign\":\"$id\",\"phone\":\"13900130001\"}" "$url/v1/publications" >status
says status 409
says body '"refused":"segment"'
cp whole "d/campaigns/$id.segment"
expect 0 "$DUANKA" campaign run "$id" --data d --url "$url" --rate 10000
says out "$((80 - held)) texts, 0 had had theirs, 0 refused"
expect 0 "$DUANKA" campaign run "$id" --data d --url "$url" --rate 10000
says out "0 texts, $((80 - held)) had had theirs, 0 refused"
[ "$(rows 20 'state IN (2, 3)')" = $((80 - held)) ] || fail "not a text each"

# By hand nobody gets one whom the lot holds out, or who is not in the segment: not as a text of the campaign, and not its material on the side.
out_of() { # out_of STATUS WORD KEY BODY
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $3" --data-binary "$4" "$url/v1/publications" >status
	says status "$1"
	says body "$2"
}
all=0 kept=0
i=0
while [ $i -lt 80 ]; do
	phone=$(printf 1390013%04d $i)
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $writer" --data-binary "{\"step\":\"text\",\"campaign\":\"$id\",\"phone\":\"$phone\"}" "$url/v1/publications" >status
	if grep -q held-out body; then
		kept=$((kept + 1))
		held_phone=$phone
	else
		says body desk-same
		all=$((all + 1))
	fi
	i=$((i + 1))
done
[ "$kept $all" = "$held $((80 - held))" ] || fail "$kept of $held are held out, $all have had theirs"
out_of 409 not-assigned "$writer" "{\"step\":\"text\",\"campaign\":\"$id\",\"phone\":\"13900130100\"}"
out_of 409 held-out "$writer" "{\"step\":\"plan\",\"material\":\"$material\",\"channel\":\"sms\",\"phone\":\"$held_phone\"}"
out_of 201 '"planned"' "$writer" "{\"step\":\"plan\",\"material\":\"$material\",\"channel\":\"sms\",\"phone\":\"13900130100\"}"
# Who has refused gets none, one by one or in a batch.
plain="{\"step\":\"plan\",\"material\":\"$material\",\"channel\":\"sms\",\"phone\":\"13900130118\"}"
out_of 409 unwanted "$writer" "$plain"
# A list that is not there lets nothing out, for nobody knows who is on it; with the name put right it goes on.
renamed() { # renamed LIST STATUS: what a phone gets that nobody has refused for
	printf '[outbox]\nrefusals = "%s"\n' "$1" >duanka.toml
	kill -HUP $pid
	until curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $writer" --data-binary "{\"step\":\"plan\",\"material\":\"$material\",\"channel\":\"sms\",\"phone\":\"13900130100\"}" "$url/v1/publications" >status && [ "$(cat status)" = "$2" ]; do
		kill -0 $pid || fail "the service has ended"
	done
}
renamed no-text 409
says body unwanted
says body 'has no list of phones'
renamed no-texts 201
printf '{"kind":"publication","step":"plan","fields":{"material":"%s","channel":"sms","phone":"139 0013 0118"}}\n' "$material" >line
curl -s -o body -H "Authorization: Bearer $writer" --data-binary @line "$url/v1/commands"
says body unwanted
out_of 409 unwanted "$writer" "{\"step\":\"text\",\"campaign\":\"$id\",\"phone\":\"13900130118\"}"
printf '{"kind":"publication","step":"text","fields":{"campaign":"%s","phone":"%s"}}\n' "$id" "$held_phone" >line
curl -s -o body -H "Authorization: Bearer $writer" --data-binary @line "$url/v1/commands"
says body held-out
says body '"accepted":0'
[ "$(rows 20 'state IN (2, 3)')" = $((80 - held)) ] || fail "one went out by hand"

# ---- nothing is claimed too early, nor of what was stopped ----
expect 0 "$DUANKA" campaign report "$id" --data d --lang en
says out "No effect is claimed: it is not over"
says out "$held held out"
expect 0 "$DUANKA" campaign report "$id" --data d --lang zh
says out "不作效果结论"
effect() { # effect KEY CAMPAIGN
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" "$url/v1/campaigns/$2/effect" >status
}
effect "$other" "$id"
says status 200
says body '"timing":"too-early","claimed":false'
says body '"words":{"en":"No effect is claimed: it is not over'
if grep -q '"victims":' body; then fail "an outcome is told before the end: $(cat body)"; fi
effect "$(key police desk intake)" "$id"
says status 40
effect "$other" CA-1
says status 404
ask "$other" "/v1/campaigns/$id/stop" '{"reason":"the material was wrong"}'
expect 0 "$DUANKA" campaign report "$id" --data d --format json
says out '"timing":"stopped","claimed":false'
effect "$other" "$id"
says body '"timing":"stopped","claimed":false'
mv "d/campaigns/$id.segment" away
effect "$other" "$id"
says status 409
says body "not in the service's data directory"
mv away "d/campaigns/$id.segment"
expect 1 "$DUANKA" campaign run "$id" --data d --url "$url"
expect 1 "$DUANKA" campaign report CA-1 --data d
says err "there is no such campaign"
kill -TERM "$pid"
wait "$pid"
pid=
expect 0 "$DUANKA" registry verify --data d
