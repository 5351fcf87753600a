# pages.sh - the public pages as a browser without scripts uses them: register, log in, post a topic with a picture, a moderator lets it through, reply, print view, previous and next, search; a ban, its
# reason and the objection to it; a number that is checked, a report and what became of it; and what must not work: forms of another site, other people's posts, markup in any field, hidden topics.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir p l
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
list "published" of phone from "published.csv"
rule each on call about caller when count(call by caller over 1h) >= 100 and not (caller in list "published") then alert red because "many"
DK
printf 'value,until,note\n13800138001,2099-01-01,published\n' >l/published.csv
cat >duanka.toml <<'T'
[public]
enabled = true
lists = "published"
requests = 100000
filings = 100000
proofs = 100000
reads = 100000
rate = 100000
[tenant.police]
number = 13
[tenant.paper]
number = 14
title = "半岛都市报"
T
key() { "$DUANKA" keys add --data d "$@"; }
moderator=$(key --tenant police --scopes desk --roles moderator)
media=$(key --tenant paper --scopes desk --roles media)
analyst=$(key --tenant police --scopes desk --roles analyst,media)
appeals=$(key --tenant police --scopes desk --roles appeals)
mkfifo said
"$DUANKA" serve --config duanka.toml --data d --policy p --lists l --listen 127.0.0.1:0 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=http://${line##*listening on }

get() { # get WHO WANTED-STATUS PATH: page in ./page, headers in ./head
	status=$(curl -s -D head -o page -w '%{http_code}' -b "$1" -c "$1" "$url$3")
	[ "$status" = "$2" ] || { cat page >&2; fail "HTTP $status instead of $2: $3"; }
}
token() { sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p' page | head -n 1; }
send() { # send WHO WANTED-STATUS PATH FIELD=VALUE...: with the token of ./page
	who=$1 want=$2 path=$3
	shift 3
	csrf=$(token)
	[ $# = 0 ] || for f in "$@"; do
		shift
		set -- "$@" --data-urlencode "$f"
	done
	status=$(curl -s -D head -o page -w '%{http_code}' -b "$who" -c "$who" --data-urlencode "csrf=$csrf" "$@" "$url$path")
	[ "$status" = "$want" ] || { cat page >&2; fail "HTTP $status instead of $want: $path"; }
}
where() { sed -n 's/^Location: \(.*\)\r$/\1/p' head; }
by() { # by KEY PATH BODY
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" -H 'If-Match: *' --data-binary "$3" "$url/v1/$2")
	case $status in 20?) ;; *) cat body >&2; fail "HTTP $status: $2" ;; esac
}
ids() { # ids KEY ROUTE STATE: of all in this state, oldest first
	case $2 in topics) letters=TO ;; replies) letters=RP ;; *) letters=P ;; esac
	curl -s -H "Authorization: Bearer $1" "$url/v1/$2?state=$3" | grep -o "{\"id\":\"$letters-[0-9]*\"" | cut -d'"' -f4
}
hides() { ! grep -qF -- "$2" "$1" || fail "$1 has: $2"; }

# ---- where one begins, and what each page has in its head ----
get new 303 /
[ "$(where)" = /zh/board ] || fail "the front leads to $(where)"
get new 200 /zh/board
says page '<html lang="zh-CN">'
says head "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'"
says head 'X-Frame-Options: DENY'
says head 'X-Content-Type-Options: nosniff'
hides page '<script'
hides page 'style='
get new 200 /en/board
says page '<html lang="en">'
get new 200 /public.css
get new 404 /zh/nothing
says page '没有这个页面'
get new 404 /en/board/TO-65536

# ---- registering ----
get li 200 /zh/register
send li 422 /zh/register login=li.lei 'name=海边的人' password=short
says page '口令须为'
send li 422 /zh/register login=li.lei 'name=96110 官方' password=long-enough-1
send li 303 /zh/register login=li.lei 'name=<b>海边</b>"的人' 'password=long-enough-1'
[ "$(where)" = /zh/me ] || fail "registered, and sent to $(where)"
get li 200 /zh/me
says page '&lt;b&gt;海边&lt;/b&gt;&quot;的人'
hides page '<b>海边'
get mei 200 /en/register
send mei 409 /en/register login=li.lei 'name=Mei' password=long-enough-2
send mei 303 /en/register login=mei.mei 'name=Mei' password=long-enough-2

# ---- a topic with a picture ----
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\001\0\0\0\001\010\006\0\0\0\037\025\304\211\0\0\0\nIDATx\234c\0\001\0\0\005\0\001\r\n-\264\0\0\0\0IEND\256B`\202' >dot.png
printf 'GIF89a<script>alert(1)</script>' >evil.png
get li 200 /zh/new
csrf=$(token)
post() { # post WANTED TITLE PICTURE
	status=$(curl -s -D head -o page -w '%{http_code}' -b li -c li -F "csrf=$csrf" --form-string "title=$2" --form-string 'body=<img src=x onerror=alert(1)>
打 13912345678 的人说是客服' -F "picture_1=@$3;filename=../../x<script>.png;type=text/html" "$url/zh/new")
	[ "$status" = "$1" ] || { cat page >&2; fail "HTTP $status instead of $1: a topic"; }
}
post 422 '防骗提醒' evil.png
says page '图片须为'
post 303 '<script>alert(1)</script>防骗提醒' dot.png
[ "$(where)" = '/zh/me?sent=waiting' ] || fail "a new member's topic is not waiting: $(where)"
topic=$(ids "$moderator" topics waiting)
get mei 404 "/en/board/$topic"
get mei 404 "/en/board/$topic/pictures/1"
get mei 404 "/en/board/$topic/print"
get li 404 "/zh/board/$topic"
by "$moderator" "topics/$topic/approve" '{}'
get mei 200 "/en/board/$topic"
says page '&lt;script&gt;alert(1)&lt;/script&gt;防骗提醒'
says page '139********'
hides page 13912345678
hides page '<img src=x'
hides page '<script'
says page "src=\"/en/board/$topic/pictures/1\""
get mei 200 "/en/board/$topic/pictures/1"
cmp dot.png page || fail 'the picture is another one'
says head 'Content-Type: image/png'
get mei 404 "/en/board/$topic/pictures/2"
get mei 404 "/en/board/$topic/pictures/9"
get mei 200 '/en/board?q=%3Cscript%3E'
says page 'value="&lt;script&gt;"'
says page "/en/board/$topic"
get mei 200 '/en/board?q=nothing-like-it'
says page 'No topics.'

# ---- replies ----
get mei 200 "/en/board/$topic"
send mei 303 "/en/board/$topic/reply" 'body=Thank you "&<b>'
[ "$(where)" = "/en/board/$topic?sent=waiting" ] || fail "a new member's reply is not waiting"
get li 200 "/zh/board/$topic"
hides page 'Thank you'
reply=$(ids "$moderator" replies waiting)
by "$moderator" "replies/$reply/approve" '{}'
get li 200 "/zh/board/$topic"
says page 'Thank you &quot;&amp;&lt;b&gt;'
get mei 200 "/en/board/$topic"
send mei 303 "/en/board/$topic/reply" 'body=At once now'
[ "$(where)" = "/en/board/$topic?sent=shown" ] || fail "a trusted member's reply is not shown at once"
get mei 200 "/en/board/$topic"
send mei 303 "/en/board/$topic/reply" 'body=see www.evil.example'
[ "$(where)" = "/en/board/$topic?sent=waiting" ] || fail 'a reply with a link is shown at once'
get mei 200 "/en/board/$topic/print"
says page 'At once now'
hides page '<form'

# ---- media, previous and next, a member's page ----
status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $media" --data-binary '{"title":"反诈宣传周","body":"欢迎参加","signed":"市公安局"}' "$url/v1/topics")
[ "$status" = 422 ] || fail "who posts has signed in another's name: $status"
by "$media" topics '{"title":"反诈宣传周","body":"欢迎参加"}'
other=$(ids "$moderator" topics shown | grep -v "^$topic\$")
get li 200 "/zh/board/$topic"
says page "rel=\"next\">反诈宣传周"
get li 200 "/zh/board/$other"
says page 'rel="prev"'
says page '半岛都市报'
member=$(curl -s -H "Authorization: Bearer $moderator" "$url/v1/topics/$topic" | grep -o 'MB-[0-9]*' | head -n 1)
get mei 200 "/en/members/$member"
get mei 404 /en/members/MB-1
by "$moderator" "topics/$other/pin" '{}'
by "$moderator" "topics/$other/lock" '{}'
get mei 200 "/en/board/$other"
says page 'nobody replies any more'
get mei 200 "/en/board/$topic"
send mei 409 "/en/board/$other/reply" 'body=too late'

# ---- what must not work ----
get li 200 "/zh/board/$topic"
status=$(curl -s -o page -w '%{http_code}' -b li --data-urlencode body=x "$url/zh/board/$topic/reply")
[ "$status" = 403 ] || fail "a form without a token: $status"
get mei 200 "/en/board/$topic"
csrf=$(token)
status=$(curl -s -o page -w '%{http_code}' -b li --data "csrf=$csrf&body=x" "$url/zh/board/$topic/reply")
[ "$status" = 403 ] || fail "somebody else's token: $status"
get li 200 "/zh/board/$topic"
csrf=$(token)
status=$(curl -s -o page -w '%{http_code}' -b li -H 'Sec-Fetch-Site: cross-site' --data "csrf=$csrf&body=x" "$url/zh/board/$topic/reply")
[ "$status" = 403 ] || fail "a page of another site: $status"
get mei 200 /en/me
send mei 404 "/en/board/$topic/withdraw"
get nobody 303 /zh/me
get nobody 200 /zh/login
send nobody 422 /zh/login login=li.lei password=wrong-wrong-wrong
grep -v csrf page >wrong
get nobody 200 /zh/login
send nobody 422 /zh/login login=nobody.there password=wrong-wrong-wrong
grep -v csrf page >unknown
cmp wrong unknown || fail 'an unknown login is told in another way'
get nobody 200 /zh/login
send nobody 303 '/zh/login' login=li.lei password=long-enough-1
token=$(sed -n 's/.*duanka_member[[:space:]]*\(ds_[^[:space:]]*\)$/\1/p' li)
status=$(curl -s -o page -w '%{http_code}' -H "Authorization: Bearer $token" "$url/v1/me")
[ "$status" = 401 ] || fail "a member's session opens the desk: $status"

# ---- hidden ----
by "$moderator" "topics/$topic/hide" '{"ground":"advertising"}'
get mei 404 "/en/board/$topic"
get mei 404 "/en/board/$topic/pictures/1"
get mei 200 /en/board
hides page "$topic"
by "$moderator" "topics/$topic/show" '{}'
get mei 200 "/en/board/$topic"

# ---- a ban, and the objection to it ----
by "$moderator" "members/$member/ban" '{"basis":"COMMENTS-2022","evidence":[1],"reason":"<i>广告","until":"'"$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)"'"}'
get li 200 /zh/me
says page '您已被禁言'
says page '&lt;i&gt;广告'
send li 200 /zh/me/appeal 'text=不是广告'
receipt=$(sed -n 's/.*<strong>\(P-[-0-9A-Z]*\)<.*/\1/p' page | head -n 1)
[ -n "$receipt" ] || fail 'no receipt of the objection'
get li 200 /zh/new
post 409 '再来一次' dot.png
appeal=$(ids "$appeals" appeals filed)
by "$appeals" "appeals/$appeal/accept" '{}'
by "$appeals" "appeals/$appeal/check" '{}'
by "$appeals" "appeals/$appeal/grant" '{"decision":"不是广告"}'
get li 200 /zh/me
hides page '您已被禁言'
get li 200 /zh/status
send li 200 /zh/status "receipt=$receipt"
says page '申诉成立'

# ---- a number, a report, its state, a call ----
get new 200 /zh/check
send new 200 /zh/check phone=13800138001
says page '已公布的涉诈信息'
get new 200 /zh/check
send new 200 /zh/check phone=13912345678
says page '公开名单中没有'
get new 200 /en/report
send new 201 /en/report phone=13912345678 'text=<script>alert(1)</script>'
receipt=$(sed -n 's/.*<strong>\(L-[-0-9A-Z]*\)<.*/\1/p' page | head -n 1)
get new 200 /en/status
send new 200 /en/status "receipt=$receipt"
says page 'we have your report'
get new 200 /en/status
send new 404 /en/status receipt=L-65536-0000-0000-0000-0000-0000-0000-00
get new 200 /en/restriction
send new 404 /en/restriction code=M-65536-0000-0000-0000-0000 digits=0000
get new 200 /en/96110
send new 200 /en/96110 code=000000 digits=0000
says page 'dial 96110 yourself'

# ---- leaving ----
get li 200 /zh/me
send li 303 /zh/me/leave
get li 303 /zh/me
get li 200 /zh/login
send li 422 /zh/login login=li.lei password=long-enough-1

# ---- a new start: sessions, views and the board are as they were ----
get mei 200 "/en/board/$topic"
views=$(sed -n 's/.*views.\([0-9]*\).*/\1/p' page | head -n 1)
kill $pid
wait $pid || fail 'the service did not stop well'
mkfifo again
"$DUANKA" serve --config duanka.toml --data d --policy p --lists l --listen "${url#http://}" 2>again &
pid=$!
exec 3<again
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
get mei 200 "/en/board/$topic"
grep -q "views.$((views + 1))" page || fail "views are not kept"
says page 'Thank you &quot;&amp;&lt;b&gt;'
get mei 200 /en/me
kill $pid
wait $pid || fail 'the service did not stop well'
pid=
! grep -rqa -e 13912345678 -e long-enough d || fail 'something lies in the data in plain'
