#!/bin/sh
# demo_city.sh DUANKA URL DIR: people and cases for a demo, all made through the interface of the service at URL, as real ones are. Two administrators' keys come in DEMO_ADMIN_1 and DEMO_ADMIN_2: one asks for each
# user, and somebody else approves. Passwords are random and stand in DIR/accounts (mode 0600): login, password, role.
set -eu
duanka=$1 url=$2 dir=$3
cd "$(dirname "$0")/.."
umask 077
body=$dir/body
tokens=$dir/tokens
mkdir "$tokens"
trap 'rm -rf "$tokens" "$body" "$dir/made"' EXIT

fail() {
	echo "demo: $*" >&2
	exit 1
}

# ---- people ----
# login, roles, organisation, district, outlet, what it is
people() {
	cat <<'EOF'
admin.a admin 1 - - 管理员
admin.b admin 1 - - 管理员（二人复核）
analyst analyst 1 - - 研判席
leader leader 1 - - 值班长
intake intake 1 - - 接警席
stop stop-seat 1 - - 止付席
dissuade dissuasion 1 - - 劝阻席
dispatch dispatcher 1 - - 派单席
station station 1 202 - 派出所民警（市南）
grid grid 1 202 - 网格员（市南）
quality quality 1 - - 质检专员
appeals appeals 1 - - 申诉专员
discipline discipline 1 - - 惩戒专员
province province 1 - - 省级审批
bank bank-desk 11 - - 银行反诈席
bank.clerk bank-outlet 11 202 QD-B11-202-01 银行网点
operator operator-desk 21 - - 运营商反诈席
hall.clerk operator-outlet 21 202 QD-O21-202-01 营业网点
channel channel 11 - - 渠道管理员
inspector inspector 1 - - 网点检查员
media media 1 - - 宣传编辑
editor editor 1 - - 宣传审核
trainer trainer 1 - - 培训专员
secretary secretary 1 - - 联盟秘书处
delegate delegate 11 - - 成员单位代表
moderator moderator 1 - - 版块管理员
mayor city-leader 1 - - 市级领导
auditor auditor 1 - - 审计员
EOF
}
users() { # users KEY ...
	DUANKA_API_KEY=$1
	export DUANKA_API_KEY
	shift
	"$duanka" users "$@" --url "$url" >"$dir/made" || fail "duanka users $*"
	unset DUANKA_API_KEY
}
random() { od -An -N6 -tx1 /dev/urandom | tr -d ' \n' | sed 's/..../&-/g; s/-$//'; }
send() { # send PATH BODY [CURL OPTIONS]: the answer in $body, its status in $status
	path=$1 sent=$2
	shift 2
	status=$(curl -sS -o "$body" -w '%{http_code}' -H 'If-Match: *' "$@" --data-binary "$sent" "$url$path") || fail "$path: no answer"
}
must() { # must STATUS-PATTERN: which statuses will do
	case $status in 20? | $1) ;; *) fail "HTTP $status: $path $sent: $(cat "$body")" ;; esac
}
post() { # like send; anything but a success ends it all
	send "$@"
	must 20?
}
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$body" | head -n 1; }
enter() { # enter LOGIN: its session
	post /v1/login "{\"login\":\"$1\",\"password\":\"$(sed -n "s/^$1  *\([^ ]*\).*/\1/p" "$dir/accounts")\"}"
	member token >"$tokens/$1"
}
invite() { # invite KEY ID LOGIN ROLE: by KEY, who did not ask for it
	users "$1" reset "$2"
	password=$(random)
	post /v1/invitations "{\"login\":\"$3\",\"code\":\"$(cat "$dir/made")\",\"password\":\"$password\"}"
	printf '%-11s %s  %s\n' "$3" "$password" "$4" >>"$dir/accounts"
}

: >"$dir/accounts"
people | while read -r login roles organisation district outlet what; do
	set -- add "$login" --roles "$roles" --organisation "$organisation"
	[ "$district" = - ] || set -- "$@" --district "$district"
	[ "$outlet" = - ] || set -- "$@" --outlet "$outlet"
	users "$DEMO_ADMIN_1" "$@"
	echo "$login $(cut -d' ' -f1 <"$dir/made") $what" >>"$dir/asked"
done
# The first administrator is approved by the second key, everybody else by the first administrator.
read -r login id what <"$dir/asked"
users "$DEMO_ADMIN_2" approve "$id"
invite "$DEMO_ADMIN_2" "$id" "$login" "$what"
enter "$login"
boss=$(cat "$tokens/$login")
sed 1d "$dir/asked" | while read -r login id what; do
	users "$boss" approve "$id" </dev/null
	invite "$boss" "$id" "$login" "$what" </dev/null
done
rm -f "$dir/asked"

# ---- what they do ----
by() { # by LOGIN PATH BODY: the object's id in $id
	[ -s "$tokens/$1" ] || enter "$1"
	post "/v1/$2" "$3" -H "Authorization: Bearer $(cat "$tokens/$1")"
	id=$(sed -n 's/.*"object":{"id":"\([A-Z]*-[0-9]*\)".*/\1/p' "$body" | head -n 1)
}
try() { # like by, about what goes on by itself meanwhile: false if the moment for it is over
	[ -s "$tokens/$1" ] || enter "$1"
	send "/v1/$2" "$3" -H "Authorization: Bearer $(cat "$tokens/$1")"
	must 409
	id=$(sed -n 's/.*"object":{"id":"\([A-Z]*-[0-9]*\)".*/\1/p' "$body" | head -n 1)
	[ "$status" != 409 ]
}
as() { # as LOGIN COMMAND...: duanka's, with that session
	[ -s "$tokens/$1" ] || enter "$1"
	DUANKA_API_KEY=$(cat "$tokens/$1")
	export DUANKA_API_KEY
	shift
	"$duanka" "$@" --url "$url" >"$dir/made" 2>&1 || fail "duanka $*: $(tail -n 3 "$dir/made")"
	unset DUANKA_API_KEY
}
look() { # look LOGIN PATH: the answer in $body
	[ -s "$tokens/$1" ] || enter "$1"
	curl -sS -f -o "$body" -H "Authorization: Bearer $(cat "$tokens/$1")" "$url/v1/$2" || fail "$2"
}
ids() { tr ',{' '\n\n' <"$body" | sed -n "s/^\"id\":\"\($1-[0-9]*\)\"$/\1/p"; } # ids LETTERS: of the list in $body
evidence() { sed -n 's/.*"evidence":\(\[[0-9,]*\]\).*/\1/p' "$body" | head -n 1; }
day() { # day N: in N days, about this time
	at=$(($(date +%s) + $1 * 86400))
	date -u -d "@$at" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$at" +%Y-%m-%dT%H:%M:%SZ
}

# Outlets and what they need.
as leader outlet kit data/outlets/kits.csv
as secretary outlet approve all
as inspector outlet import data/outlets/banks.csv --quarantine "$dir/made.banks"
as inspector outlet import data/outlets/halls.csv --quarantine "$dir/made.halls"
look inspector 'outlets?entity=outlet:QD-B11-202-01'
outlet=$(ids OU)
by inspector inspections "{\"outlet\":\"$outlet\",\"planned\":\"$(day 2)\"}"
by inspector corrections "{\"outlet\":\"$outlet\",\"item\":\"notice-96110\",\"fault\":\"missing\"}"

# Publicity: two materials that are out, one that waits; a bulletin; a screen and what it shows; a campaign.
for m in '刷单就是诈骗 先垫付、后返利的刷单都是诈骗。 tasks' '共享屏幕要警惕 客服不会要求下载会议软件并共享屏幕。 customer-service'; do
	# shellcheck disable=SC2086 # three words
	set -- $m
	by media materials "{\"audience\":\"everybody\",\"scam\":\"$3\",\"title\":\"$1\",\"summary\":\"$2\"}"
	material=$id
	by media "materials/$material/submit" '{}'
	by editor "materials/$material/approve" '{}'
	by media publications "{\"material\":\"$material\",\"channel\":\"web\"}"
	by editor "publications/$id/publish" '{}'
done
by media materials '{"audience":"elderly","title":"陌生来电别慌张","summary":"自称公检法要求转账的都是诈骗。"}'
by media "materials/$id/submit" '{}'
by analyst bulletins '{"title":"冒充客服新话术","text":"以退款为由要求下载会议软件并共享屏幕。","scam":"customer-service"}'
by analyst "bulletins/$id/submit" '{}'
by leader "bulletins/$id/publish" '{}'
by analyst bulletins '{"title":"虚假投资群","text":"以内部消息为由拉群荐股，先小额返利。","scam":"investment"}'
by inspector screens "{\"name\":\"营业大厅左侧\",\"language\":\"both\",\"outlet\":\"$outlet\"}"
by media slots "{\"step\":\"plan\",\"material\":\"$material\",\"seconds\":20,\"weekdays\":127}"
by editor "slots/$id/approve" '{}'
by analyst campaigns "{\"manner\":\"flood\",\"audience\":\"everybody\",\"title\":\"全民反诈宣传月\",\"material\":\"$material\",\"starts\":\"$(day 7)\",\"ends\":\"$(day 37)\",\"effect\":300,\"base\":800,\"hold_out\":500}"

# Training.
as trainer training import training/questions.txt
as editor training approve
by trainer courses '{"title":"柜面识诈","audience":"outlets","scams":510,"questions":5,"pass":80,"months":12,"minutes":20,"text":"先问，再缓，再打96110。"}'
course=$id
by trainer "courses/$course/propose" '{}'
by leader "courses/$course/approve" '{}'
by bank.clerk attempts "{\"step\":\"start\",\"course\":\"$course\"}"
by bank.clerk guidances '{"what":"app","phone":"13800138009"}'

# The alliance.
by secretary meetings "{\"sort\":\"joint\",\"title\":\"第三次联席会议\",\"when\":\"$(day 10)\"}"
meeting=$id
by secretary "meetings/$meeting/call" '{"agenda":"涉诈网点一表共享","chair":"市公安局"}'
by delegate matters '{"step":"raise","sort":"service","title":"涉诈网点一表共享","text":"各成员单位各存一份，口径不一。"}'
by secretary "matters/$id/list" "{\"meeting\":\"$meeting\"}"
by delegate matters '{"step":"raise","sort":"matter","title":"风险代理人名单互通","text":"每月互通一次。"}'
by delegate joint-events "{\"sort\":\"fair\",\"title\":\"五四广场反诈宣传日\",\"when\":\"$(day 20)\"}"
by delegate "joint-events/$id/propose" '{}'
by delegate assets '{"sort":"slogan","name":"不借一张卡","licence":"members","text":"出借电话卡、银行卡就是帮助犯罪。"}'
by delegate topics '{"title":"96110 来电请接听","body":"96110 是反诈劝阻专线，来电请及时接听。"}'
by moderator "topics/$id/pin" '{}'

# People who report.
post /v1/public/reports '{"phone":"139 1234 5678","text":"对方自称法官，要求转账。","contact":"13900001111"}'
post /v1/public/reports '{"account":"6222021234567890123","text":"退款要先交保证金。","contact":"13900002222"}'
by intake clues '{"what":"phone","phone":"13800138003","note":"推销贷款"}'
by analyst "clues/$id/verify" '{"finding":"fraud"}'
by intake incidents '{"channel":"110","caller":"13912345678","amount":12000.5,"note":"称退款须先交保证金"}'
by intake incidents '{"channel":"110","caller":"13912340000","amount":3000,"note":"刷单返利"}'

# What the alerts of the city ask for, as far as there are some: warnings taken, cards verified and an objection to one, orders to stop payments, of which one waits for its approval.
look dissuade 'warnings?state=issued&limit=20'
for w in $(ids W | sed 3q); do try dissuade "warnings/$w/sign" '{}' || continue; done
look operator 'cards?state=suspect&limit=20'
for c in $(ids C | sed 3q); do
	look operator "cards/$c"
	try operator "cards/$c/notify" "{\"basis\":\"AFL-11\",\"evidence\":$(evidence)}" || continue
done
look leader 'measures?state=in-force&limit=20'
for m in $(ids M | sed 3q); do
	try appeals appeals "{\"target\":\"$m\",\"reason\":\"本人使用\"}" || continue
	objection=$id
done
[ -z "${objection:-}" ] || try appeals "appeals/$objection/accept" '{}' || :
look stop 'accounts?state=watched&organisation=11&limit=20'
stops=
for a in $(ids A | sed 3q); do
	look stop "accounts/$a"
	token=$(sed -n 's/.*"subject":{"kind":"account","token":"\([0-9a-f]*\)".*/\1/p' "$body")
	try stop stops "{\"account\":\"$token\",\"bank\":11,\"amount\":\"5000.00\",\"basis\":\"AFL-20\",\"evidence\":$(evidence),\"account_name\":\"某人\",\"reason\":\"预警\"}" || continue
	stops="$stops $id"
done
for s in $(echo "$stops" | cut -d' ' -f2,3); do try leader "stops/$s/approve" '{}' || continue; done
by discipline disciplines '{"person":"110101199003074610","ground":"traded","evidence":[1],"basis":"AFL-31","items":3}'
