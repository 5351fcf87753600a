# public.sh - people without key or account at a running service: a report and what became of it, a number that is looked up, a measure whose notice came by text, the objection to it, a call that is
# verified; equal answers for all that is wrong; rates; and nothing in plain in any file but what the sender of texts was given.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir p l spool
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
list "published" of phone from "published.csv"
rule each on call about caller when count(call by caller over 1h) >= 100 and not (caller in list "published") then alert red because "many"
DK
printf 'value,until,note\n13800138001,2099-01-01,published\n' >l/published.csv
settings() {
	cat <<T
[public]
enabled = $1
lists = "published"
requests = $2
filings = 1000
proofs = 1000
[tenant.police]
number = 13
sees = ["*:*.*"]
[tenant.carrier]
number = 21
[tenant.texts]
number = 90
connector = "spool"
connector_url = "$work/spool"
T
}
settings true 10000 >duanka.toml
key() { "$DUANKA" keys add --data d "$@"; }
operator=$(key --tenant carrier --scopes desk --roles operator-desk)
analyst=$(key --tenant police --scopes desk,admin --roles analyst,leader)
appeals=$(key --tenant police --scopes desk --roles appeals)
seat=$(key --tenant police --scopes desk --roles dissuasion)
mkfifo said
"$DUANKA" serve --config duanka.toml --data d --policy p --lists l --listen 127.0.0.1:0 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=http://${line##*listening on }

ask() { # ask WANTED-STATUS PATH [BODY]: without a key; body in ./body
	want=$1 path=$2
	shift 2
	[ $# = 0 ] || set -- --data-binary "$1"
	status=$(curl -s -o body -w '%{http_code}' -H 'Accept-Language: en' "$@" "$url/v1/public/$path")
	[ "$status" = "$want" ] || { cat body >&2; fail "HTTP $status instead of $want: $path"; }
}
by() { # by KEY PATH BODY
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $1" -H 'If-Match: *' --data-binary "$3" "$url/v1/$2")
	case $status in 20?) ;; *) cat body >&2; fail "HTTP $status: $2" ;; esac
}
member() { # member NAME: of ./body
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" body | head -n 1
}

# ---- a report ----
ask 201 reports '{"phone":"139 1234 5678","account":"6222021234567890123","text":"李雷韩梅梅 says 13912345678","contact":"13912345678","paid":"2024-03-01T08:00","amount":"1200"}'
receipt=$(member receipt)
clue=$(member object)
cp body all
ask 200 "reports/$receipt"
says body '"state":"received"'
cat body >>all
by "$analyst" "clues/$clue/verify" '{"finding":"fraud"}'
by "$analyst" "clues/$clue/feed-back" '{"feedback":"it was fraud","reward":"300"}'
ask 200 "reports/$receipt"
says body '"feedback":"it was fraud","reward":300.00'
ask 404 "reports/$clue-0000-0000-0000-0000-0000-0000-00"
mv body wrong
for r in L-1 L-65536-0000-0000-0000-0000-0000-0000-00 "${receipt}1" "P${receipt#L}" x; do
	ask 404 "reports/$r"
	cmp body wrong || fail "another answer for $r"
done

# ---- is it known? ----
ask 200 check '{"phone":"13800138001"}'
says body '"listed":true'
ask 200 check '{"phone":"13800138002"}'
mv body unknown
ask 200 check '{"phone":"13912345678"}' # reported, and under suspicion as far as the desk knows
cmp body unknown || fail 'a reported number is answered in another way'
ask 200 check '{"message":"我是公安局民警，您涉嫌洗钱，请把资金转到安全账户配合调查，此事保密，不许告诉家人，否则马上逮捕"}'
says body '"reads_like":{"name":"police"'

# ---- a measure, its notice, and the objection ----
by "$operator" cards '{"step":"list","phone":"13912345678","operator":21,"level":1,"basis":"AFL-11","evidence":[1],"person":"110101199003074610"}'
card=$(member id)
by "$operator" "cards/$card/notify" '{"method":"counter","reason":"many short calls"}'
tries=0
until code=$(cat spool/* 2>/dev/null | sed -n 's/.*Code: \([MD][-0-9A-Z]*\).*/\1/p' | head -n 1) && [ -n "$code" ]; do
	tries=$((tries + 1))
	[ $tries -lt 20000 ] || fail 'the notice does not come'
	"$DUANKA" --version >version # takes its time
done
ask 200 restrictions "{\"code\":\"$code\",\"digits\":\"5678\"}"
says body '"measure":{"name":"re-verify"'
says body '"reason":"many short calls"'
ask 404 restrictions "{\"code\":\"$code\",\"digits\":\"5679\"}"
cmp body wrong || fail 'wrong digits are answered in another way'
ask 404 restrictions "{\"code\":\"${code%?}\",\"digits\":\"5678\"}"
cmp body wrong || fail 'a wrong code is answered in another way'
ask 201 appeals "{\"code\":\"$code\",\"digits\":\"5678\",\"text\":\"李雷韩梅梅 uses it\",\"by_person\":true,\"papers\":[{\"name\":\"李雷韩梅梅.txt\",\"type\":\"text/plain\",\"base64\":\"YWFh\"}]}"
says body '"papers_kept":1'
appeal=$(member receipt)
object=$(member object)
by "$appeals" "appeals/$object/accept" '{}'
by "$appeals" "appeals/$object/check" '{}'
by "$appeals" "appeals/$object/grant" '{"decision":"you are right"}'
ask 200 "appeals/$appeal"
says body '"decision":"you are right","by_person":true'
ask 200 restrictions "{\"code\":\"$code\",\"digits\":\"5678\"}"
says body '"in_force":false,"may_object":false'

# ---- a call ----
by "$analyst" warnings '{"grade":2,"type":"contact","evidence":[1],"phone":"13912345678"}'
warning=$(member id)
by "$seat" "warnings/$warning/sign" '{}'
by "$seat" desk/call-codes "{\"object\":\"$warning\"}"
call=$(member code)
ask 200 verify-call "{\"code\":\"$call\",\"digits\":\"5678\"}"
says body '"genuine":true'
ask 200 verify-call "{\"code\":\"$call\",\"digits\":\"0000\"}"
says body '"genuine":false'
ask 200 96110
says body '96110'

# ---- rates, off, and who did what ----
settings true 2 >duanka.toml
by "$analyst" reload ''
ask 200 96110
ask 200 96110
ask 429 96110
settings false 2 >duanka.toml
by "$analyst" reload ''
ask 404 96110
kill $pid
wait $pid || fail "exit status $?"
pid=
cat <&3 >log
expect 0 "$DUANKA" audit access --data d
says out 'public/citizen'
expect 0 "$DUANKA" audit verify --data d
for plain in 13912345678 6222021234567890123 110101199003074610 李雷韩梅梅 "${receipt#*-*-}" "${appeal#*-*-}" "$call"; do
	if grep -rlF -- "$plain" d log out; then
		fail "$plain stands in a file"
	fi
done
