# publicity.sh - a material from its draft to the web, to a screen and to print; an emergency on screens; an address that is changed; proof of play counted once; a bulletin and its readers; hostile texts.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
mailer=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; [ -z "$mailer" ] || kill -9 $mailer 2>/dev/null; rm -rf "$work"' EXIT
mkdir p l wechat texts
mkfifo ready
node "$SOURCE_DIR/tests/e2e/publicity_mail.mjs" mails >ready &
mailer=$!
read -r port <ready
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
rule each on call about caller when count(call by caller over 1h) >= 100 then alert red because "many"
DK
cat >duanka.toml <<T
[public]
enabled = true
requests = 10000
url = "https://fz.example.cn/"
[outbox]
text_end = "拒收请回复R"
[tenant.police]
number = 13
sees = ["*:*.*"]
[tenant.bank]
number = 21
[tenant.texts]
number = 90
connector = "spool"
connector_url = "$work/texts"
[tenant.wechat]
number = 31
connector = "spool"
connector_url = "$work/wechat"
[tenant.list]
number = 32
connector = "mail"
connector_url = "smtp://127.0.0.1:$port"
mail_from = "fz@example.cn"
mail_to = "list@example.cn"
T
key() { "$DUANKA" keys add --data d "$@"; }
media=$(key --tenant police --scopes desk --roles media)
editor=$(key --tenant police --scopes desk --roles editor)
leader=$(key --tenant police --scopes desk --roles leader,analyst)
connector=$(key --tenant wechat --scopes desk --roles connector)
channel=$(key --tenant bank --scopes desk --roles channel)
mkfifo said
"$DUANKA" serve --config duanka.toml --data d --policy p --lists l --listen 127.0.0.1:0 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=http://${line##*listening on }

get() { # get WANTED PATH [CURL OPTIONS]: without a key; body in ./body, head in ./head
	want=$1 path=$2
	shift 2
	status=$(curl -s -D head -o body -w '%{http_code}' "$@" "$url$path")
	[ "$status" = "$want" ] || { cat body >&2; fail "HTTP $status instead of $want: $path"; }
}
by() { # by KEY PATH BODY [WANTED]
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" -H 'If-Match: *' --data-binary "$3" "$url/v1/$2")
	case $status in ${4:-20?}) ;; *) cat body >&2; fail "HTTP $status: $2" ;; esac
}
ask() { # ask KEY PATH
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" "$url/v1/$2")
	[ "$status" = 200 ] || { cat body >&2; fail "HTTP $status: $2"; }
}
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" body | head -n 1; }
id() { sed -n 's/.*"object":{"id":"\([^"]*\)".*/\1/p' body | head -n 1; }
material() { # material TITLE SUMMARY [BODY]: approved; its id in $m
	by "$media" materials "{\"audience\":\"everybody\",\"scam\":\"tasks\",\"title\":\"$1\",\"summary\":\"$2\",\"title_en\":\"Notice\",\"summary_en\":\"Think\u202e first\"${3:+,\"body\":\"$3\"}}"
	m=$(id)
	by "$media" "materials/$m/submit" '{}'
	by "$media" "materials/$m/approve" '{}' 403
	by "$editor" "materials/$m/approve" '{}'
}
publish() { # publish MATERIAL CHANNEL
	by "$media" publications "{\"material\":\"$1\",\"channel\":\"$2\"}"
	pub=$(id)
	by "$editor" "publications/$pub/publish" '{}'
}

# ---- the web ----
material '刷单就是诈骗' '先垫付、后返利的刷单都是诈骗。' '凡是要求先付款的兼职，都不要相信。'
first=$m
publish "$first" web
web=$pub
for form in rss atom json; do
	get 200 "/v1/public/feed.$form"
	says body '刷单就是诈骗'
	says body 'https://fz.example.cn/v1/public/materials/'"$web"
	says head 'Cache-Control: public, max-age=60'
	etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' head)
	get 304 "/v1/public/feed.$form" -H "If-None-Match: $etag"
	get 200 "/v1/public/feed.$form" -I
done
get 200 "/v1/public/materials/$web"
says body '<h1>刷单就是诈骗</h1>'
says head "Content-Security-Policy: default-src 'none'"
get 200 "/v1/public/materials/$web?lang=en"
says body '<h1>Notice</h1>'
get 200 '/v1/public/feed.json?scam=loan'
says body '"items":[]'
get 400 '/v1/public/feed.json?scam=nothing'
get 404 /v1/public/materials/PU-1
get 404 "/v1/public/materials/$first"

# ---- hostile texts: nothing gets out of its place ----
hostile=']]><script>alert(1)</script><!-- & \" \u0001\u001b\u202e \ud83d\ude00 </title>'
material "$hostile" "$hostile" "$hostile"
publish "$m" web
for form in rss atom; do
	get 200 "/v1/public/feed.$form"
	if grep -q '<script' body; then fail "markup in feed.$form"; fi
	if LC_ALL=C grep -q "$(printf '[\001-\010\013\014\016-\037]')" body; then fail "control characters in feed.$form"; fi
done
for form in rss atom json; do
	get 200 "/v1/public/feed.$form"
	if grep -q "$(printf '\342\200\256')" body || grep -qi 'u202e' body; then fail "a turn of direction in feed.$form"; fi
done
python=$(command -v python3 || :)
[ -z "$python" ] || "$python" -c 'import json,sys; json.load(open("body"))' || fail 'feed.json is no JSON'
get 200 "/v1/public/materials/$pub"
if grep -q '<script' body; then fail 'markup in the page'; fi

# ---- the newest are those that went out last, whatever was counted since; lists have pages ----
i=0
while [ $i -lt 51 ]; do
	printf '{"kind":"publication","fields":{"material":"%s","channel":"web"}}\n' "$first"
	i=$((i + 1))
done >many
by "$media" commands "$(cat many)"
sed -n 's/.*"object":"\(PU-[0-9]*\)".*/{"object":"\1","step":"publish","fields":{}}/p' body >many
[ "$(wc -l <many)" = 51 ] || fail "$(cat body)"
by "$editor" commands "$(cat many)"
says body '"accepted":51'
by "$editor" "publications/$web/count" '{"reach":5}'
get 200 /v1/public/feed.json
[ "$(grep -o '"url"' body | wc -l)" = 50 ] || fail 'not 50 in the feed'
if grep -q "materials/$web\"" body; then fail 'one that went out long ago is among the newest because it was counted'; fi
sed 's/"publish","fields":{}/"withdraw","fields":{"reason":"enough"}/' many >gone
by "$editor" commands "$(cat gone)"
says body '"accepted":51'
get 200 /v1/public/feed.json
says body "materials/$web\""

# ---- channels ----
there() { # there FILES TEXT: until one of the files has it
	tries=0
	until cat $1 2>/dev/null | grep -qF -- "$2"; do
		tries=$((tries + 1))
		[ $tries -lt 20000 ] || fail "$1 does not get: $2"
		"$DUANKA" --version >version # takes its time
	done
}
by "$media" publications "{\"material\":\"$first\",\"channel\":\"wechat\"}" 422
by "$media" publications "{\"material\":\"$first\",\"channel\":\"wechat\",\"organisation\":31}"
wechat=$(id)
by "$media" "publications/$wechat/publish" '{}' 403
by "$editor" "publications/$wechat/publish" '{}'
there "$work/wechat/*" "\"publication\":\"$wechat\""
there "$work/wechat/*" '"command":"publish"'
there "$work/wechat/*" "\"link\":\"https://fz.example.cn/v1/public/materials/$wechat\""
by "$connector" "publications/$wechat/count" '{"reach":1200,"reads":300}'
says body '"reach":1200'
for bad in 'javascript:alert(1)' 'data:text/html,x' 'https://' '//host' 'https://bank.cn@evil.example/' 'https://a b' '\u202ehttps://a' 'https://a/\"'; do
	by "$connector" "publications/$wechat/receipt" "{\"receipt\":\"7\",\"address\":\"$bad\"}" 422
	says body '"field":"address"'
done
by "$connector" "publications/$wechat/receipt" '{"receipt":"7","address":"https://mp.example.cn/s/7?a=1#b"}'
says body '"address":"https://mp.example.cn/s/7?a=1#b"'
by "$editor" "publications/$wechat/withdraw" '{"reason":"enough"}'
there "$work/wechat/*" '"command":"take-down"'
by "$media" publications "{\"material\":\"$first\",\"channel\":\"email\",\"organisation\":32}"
by "$editor" "publications/$(id)/publish" '{}'
there mails 'RCPT TO:<list@example.cn>'
there mails 'Subject: =?UTF-8?B?'
by "$media" publications "{\"material\":\"$first\",\"channel\":\"sms\"}" 422
by "$media" publications "{\"material\":\"$first\",\"channel\":\"sms\",\"phone\":\"13812345678\"}"
text=$(id)
by "$editor" "publications/$text/publish" '{}'
case $(TZ=UTC-8 date +%H) in
0[7-9] | 1[0-9]) # other hours wait for the morning
	there "$work/texts/*" '刷单就是诈骗'
	grep -q '"text":"【反诈中心】.*拒收请回复R"' "$work"/texts/* || fail "the text does not end with how to refuse: $(cat "$work"/texts/*)"
	says body '"name":"out"'
	by "$media" publications "{\"material\":\"$first\",\"channel\":\"sms\",\"phone\":\"13812345678\"}"
	by "$editor" "publications/$(id)/publish" '{}'
	;;
esac
says body '"name":"scheduled"' # one a day, from 07:00 to 20:00

# ---- print ----
ask "$editor" "materials/$first/print?width=16"
says body '"characters":'
says body '"lines":'
ask "$editor" "materials/$first/print?format=markdown"
says body '# 刷单就是诈骗'

# ---- a screen ----
by "$channel" screens '{"name":"大厅","language":"both"}'
screen=$(id)
ask "$channel" "screens/$screen/address"
address=$(member address)
settled() { # settled TEXT: until the playlist has it
	tries=0
	until get 200 "$address/playlist" && grep -qF -- "$1" body; do
		tries=$((tries + 1))
		[ $tries -lt 2000 ] || { cat body >&2; fail "the playlist does not get: $1"; }
	done
}
settled '"items":[]'
by "$media" slots "{\"step\":\"plan\",\"material\":\"$first\",\"organisation\":21,\"seconds\":5}"
slot=$(id)
by "$editor" "slots/$slot/approve" '{}'
settled '"title":"刷单就是诈骗"'
etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' head)
get 304 "$address/playlist" -H "If-None-Match: $etag"
get 200 "$address/playlist"
says body '"summary_en":"Think first"' # nothing in it turns words round
get 200 "$address"
says head "script-src 'self'"
says head 'Referrer-Policy: no-referrer'
get 200 /screen.js
get 200 /screen.css
get 200 /screen-worker.js
material '紧急：冒充公安来电' '立即挂断，拨打 110 核实。'
alarm=$m
by "$leader" slots "{\"step\":\"override\",\"material\":\"$alarm\",\"until\":\"2099-01-01T00:00:00+08:00\",\"reason\":\"a wave of calls\"}" 422
by "$leader" slots "{\"step\":\"override\",\"material\":\"$alarm\",\"until\":\"$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)\",\"reason\":\"a wave of calls\"}"
urgent=$(id)
settled '"emergency":true'
if grep -q 刷单就是诈骗 body; then fail 'an emergency does not replace the others'; fi
by "$leader" "slots/$urgent/withdraw" '{}'
settled '"emergency":false'

# ---- proof of play ----
hour=$(($(date +%s) / 3600))
plays="{\"report\":17,\"plays\":[{\"material\":\"$first\",\"hour\":$hour,\"n\":12}]}"
get 200 "$address/plays" --data-binary "$plays"
says body '"counted":true'
get 200 "$address/plays" --data-binary "$plays"
says body '"counted":false'
get 200 "$address/plays" --data-binary "{\"report\":18,\"plays\":[{\"material\":\"$first\",\"hour\":$hour,\"n\":999999},{\"material\":\"MA-1\",\"hour\":$hour,\"n\":1}]}"
says body '"left_out":[{"at":0,"why":"n"},{"at":1,"why":"material"}]'
get 422 "$address/plays" --data-binary '{"report":19,"plays":{}}'
ask "$channel" "screen-plays?material=$first"
says body '"n":12}'
ask "$channel" screen-health
says body '"silent":0'

# ---- an address that was told to somebody ----
by "$channel" "screens/$screen/rotate" '{}'
ask "$channel" "screens/$screen/address"
new=$(member address)
[ "$new" != "$address" ] || fail 'the address is the same'
tries=0
until [ "$(curl -s -o body -w '%{http_code}' "$url$address/playlist")" = 404 ]; do
	tries=$((tries + 1))
	[ $tries -lt 25 ] || fail 'the old address still works'
done
get 200 "$new/playlist"
get 404 "${new%?}0x/playlist"

# ---- a bulletin ----
by "$leader" bulletins '{"title":"新手法","text":"要求下载会议软件","sign":"messages"}' 422
by "$leader" bulletins '{"title":"新手法","text":"要求下载会议软件","scam":"customer-service"}'
bulletin=$(id)
by "$leader" "bulletins/$bulletin/submit" '{}'
by "$leader" "bulletins/$bulletin/publish" '{}' 403
by "$editor" "bulletins/$bulletin/publish" '{}'
says body '"read_by":"'
ask "$channel" "bulletins/$bulletin" # published: everybody at the desk reads it
by "$channel" readings "{\"bulletin\":\"$bulletin\"}" 422

# ---- withdrawn is gone everywhere ----
by "$editor" "materials/$first/withdraw" '{"reason":"out of date"}'
get 404 "/v1/public/materials/$web"
get 200 /v1/public/feed.json
if grep -q "$web" body; then fail 'a withdrawn material is still in the feed'; fi
address=$new
settled '"items":[]'

# ---- without an address for readers, links have the port that the service got ----
sed -i '/^url = "https:\/\/fz/d' duanka.toml
kill -HUP $pid
tries=0
until get 200 /v1/public/feed.json && grep -qF "\"feed_url\":\"$url/v1/public/feed.json\"" body; do
	tries=$((tries + 1))
	[ $tries -lt 500 ] || fail "links lead elsewhere: $(cat body)"
	"$DUANKA" --version >version # takes its time
done
kill $pid
wait $pid || fail "exit status $?"
pid=
expect 0 "$DUANKA" audit verify --data d
