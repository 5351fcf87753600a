# trail.sh - the money trail of a victim's account under the shipped schema, as somebody at a stop-payment seat asks for it; its answers and those of the time line are what the document says, and both leave acts.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
echo 'rule much on transfer about payee when amount >= 50000 yuan then alert red, score 40 because "much"' >p/r.dk
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkfifo said
"$DUANKA" serve --data d --policy p --anonymous --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
url=http://${line##*listening on }
now=$(date +%s)
{ # the victim pays a card, which spreads it: one part is drawn in cash, one goes on, and something stays
	printf '{"event":"transfer","time":"%s000000","payer":"6228480000000000001","payee":"6228480000000000002","amount":80000.01}\n' $((now - 900))
	printf '{"event":"transfer","time":"%s000000","payer":"6228480000000000002","payee":"6228480000000000003","amount":30000}\n' $((now - 800))
	printf '{"event":"transfer","time":"%s000000","payer":"6228480000000000002","payee":"6228480000000000004","amount":20000.50}\n' $((now - 790))
	printf '{"event":"cash","time":"%s000000","account":"6228480000000000003","amount":25000}\n' $((now - 700))
	printf '{"event":"transfer","time":"%s000000","payer":"6228480000000000004","payee":"6228480000000000005","amount":20000}\n' $((now - 600))
} >moves
curl -s --data-binary @moves "$url/v1/events" >body
says body '"accepted":5'
ask() { # ask PATH BODY: 200
	[ "$(curl -s -o body -w '%{http_code}' -d "$2" "$url$1")" = 200 ] || fail "$1: $(cat body)"
}
fits() { # fits NAME: the body is one of the document's schemas
	cat >fits.mjs <<JS
import { readFileSync } from 'node:fs';
import { Description, check } from '$SOURCE_DIR/tests/openapi/service.mjs';
const fits = new Description('$SOURCE_DIR/doc/openapi.json').validator('/components/schemas/$1');
check(fits(JSON.parse(readFileSync('body', 'utf8'))), 'the body is not what the document says', fits.errors);
JS
	expect 0 node fits.mjs
}
ask /v1/trail '{"account":"6228480000000000001","reason":"report 4711","levels":3}'
fits Trail
says body '"in":0,"followed":0,"out":8000001,"cash":0,"left_known":-8000001'
says body '"in":8000001,"followed":8000001,"out":5000050,"cash":0,"left_known":2999951'
says body '"in":3000000,"followed":3000000,"out":0,"cash":2500000,"left_known":500000'
says body '"in":2000050,"followed":2000050,"out":2000000,"cash":0,"left_known":50'
says body '"in":2000000,"followed":2000000,"out":0,"cash":0,"left_known":2000000'
says body '"truncated":false'
ask /v1/trail '{"account":"6228480000000000001","reason":"report 4711","levels":1}'
says body '"left_known":2999951'
[ "$(grep -o '"amount"' body | wc -l)" = 1 ] || fail "one level has one transfer"
ask /v1/timeline '{"kind":"account","value":"6228480000000000002","reason":"report 4711","limit":2}'
fits Timeline
says body '"type":"transfer","roles":["payer"]'
cursor=$(sed 's/.*"cursor":\([0-9]*\).*/\1/' body)
ask /v1/timeline "{\"kind\":\"account\",\"value\":\"6228480000000000002\",\"reason\":\"report 4711\",\"cursor\":$cursor}"
says body '"rule":"much","mode":"live","severity":"red","score":40'
says body '"cursor":null'
kill $pid
wait $pid || fail "exit status $?"
pid=
expect 0 "$DUANKA" audit access --data d
says out 'trail'
says out 'timeline'
! grep 622848000000 out || fail "an act has a plain identifier"
