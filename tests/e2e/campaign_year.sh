# campaign_year.sh - two half-years of a town, alike but for what the campaign truly does: the report of the one says that it helped, that of the other claims nothing; both are made again of what was kept.
. "$SOURCE_DIR/tests/e2e/lib.sh"
trap 'rm -rf "$work"' EXIT
simulate="$DUANKA simulate campaign --people 2000"
seed=7
echo "seed $seed"
expect 0 $simulate --seed $seed --effect 60 --lang en -o helps
cp out helps.txt
says out "The campaign helped."
expect 0 $simulate --seed $seed --effect 0 --lang en -o nothing
cp out nothing.txt
says out "No effect is claimed: the data do not show one"
for d in helps nothing; do
	id=$(basename "$d"/campaigns/CA-*.segment .segment)
	expect 0 "$DUANKA" campaign report "$id" --data "$d" --lang en
	cmp -s out "$d.txt" || fail "the report of what was kept is another one: $(cat out)"
	expect 0 "$DUANKA" campaign report "$id" --data "$d" --lang zh --format json
	cp out "$d.json"
done
says helps.json '"timing":"over","claimed":true,"verdict":"helped"'
says nothing.json '"timing":"over","claimed":false,"verdict":"not-shown"'
expect 0 "$DUANKA" campaign report "$(basename helps/campaigns/CA-*.segment .segment)" --data helps --lang zh
says out "活动有效"

# Over HTTP, by a service that goes on with what was kept: the same report, with its digest, and the verdict in words.
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
expect 0 $simulate --seed $seed --effect 60 --start "$(date -d '-400 days' +%Y-%m-%d)" --format json -o served
cp out served.json
key=$("$DUANKA" keys add --data served --tenant police --scopes desk --roles leader)
mkfifo said
"$DUANKA" serve --data served --policy "$policy" --lists "$policy/lists" --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
url=http://${line##*listening on }
cat said >/dev/null &
id=$(basename served/campaigns/CA-*.segment .segment)
curl -s -o body -H "Authorization: Bearer $key" "$url/v1/campaigns/$id/effect"
says body '"claimed":true,"verdict":"helped"'
says body '"words":{"en":"The campaign helped.","zh":"活动有效。"}'
cp body effect
# Its verdict is what the service counts. Nobody says one; nobody who planned it asks for it.
step() { # step STATUS BODY: of measuring
	curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $key" -H 'If-Match: *' -H 'Idempotency-Key: measured-once' --data-binary "$2" "$url/v1/campaigns/$id/measure" >status
	says status "$1"
}
step 422 '{"verdict":"harmed","as_of":1,"report":"abcdefgh"}'
says body '"field":"verdict"'
says body 'counts this by itself'
mv "served/campaigns/$id.segment" away
step 409 '{}'
says body '"refused":"segment"'
mv away "served/campaigns/$id.segment"
step 200 '{}'
says body '"verdict":{"name":"helped","zh":"有效"}'
[ -n "$(sed -n 's/.*"report":"\([a-p]\{64\}\)".*/\1/p' body)" ] || fail "no digest of the report: $(cat body)"
says body '"state":{"name":"measured"'
step 200 '{}' # the same request once more
says body '"repeated":true'
cp effect body
sed 's/^{"report":\(.*\),"digest".*/\1/; s/"position":[0-9]*/"position":0/' body >one
sed 's/"position":[0-9]*/"position":0/' served.json | cmp -s - one || fail "another report than the command's: $(cat body)"
kill "$pid"
wait "$pid" || :
pid=

# The same options give the same bytes; another directory is needed.
expect 0 $simulate --seed $seed --effect 60 --lang en -o again
cmp -s out helps.txt || fail "the same seed gives another report"
for f in campaigns/roster campaigns/$(basename "$id").segment; do cmp -s "helps/$f" "again/$f" || fail "$f differs"; done
expect 1 $simulate -o helps
says err "a new directory is needed"

# As many victims and more reports: the campaign did not help, by either outcome.
expect 0 $simulate --seed 8 --effect 0 --reports 80 --lang en -o loud
says out "No effect is claimed: the data do not show one"
expect 0 $simulate --seed 8 --effect 0 --reports 80 --outcome victims --lang en --format json -o louder
says out '"outcome":"victims"'
says out '"verdict":"not-shown"'
expect 1 $simulate --years 2 --outcome reports
says err "--outcome is conversion or victims"

# Many at once, floods, mistakes.
expect 0 $simulate --years 3 --effect 80 --people 1000
[ "$(awk 'NR == 2 { print $3 == 3, $6, $7 }' out)" = "1 1.000 0.000" ] || fail "three that help: $(cat out)"
expect 0 $simulate --people 960 --contacted 60 --base 40 --effect 80 --districts 16 --seed 40 --lang en -o flood
says out "The campaign helped."
expect 1 $simulate
says err "either -o DIR or --years N"
expect 1 $simulate --years 2 --effect 101
expect 1 $simulate --years 2 --waves 3
says err "fewer --waves"
expect 1 $simulate --years 2 --start yesterday
expect 1 "$DUANKA" simulate campaign --years 2 --people 50 --contacted 1 city
says err "no operand"
