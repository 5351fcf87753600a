# outlets.sh - the first real network through the command line: kits by two people, 124 bank outlets and 12 flagship halls from a table, numbers of their own with reasons, the kit and print order, bad lines, and a
# second import that changes nothing.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir p
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
rule each on call about caller when count(call by caller over 1h) >= 100 then alert red because "many"
DK
printf '#!/bin/sh\n[ -f "%s/broken" ] && exit 2\n! grep -q EICAR\n' "$work" >scanner
chmod +x scanner
cat >duanka.toml <<TOML
[files]
room = "1MiB"
scan = "$work/scanner"
scan_time = "1min"
[tenant.police]
number = 1
[tenant.bank]
number = 11
[tenant.other]
number = 12
TOML
key() { "$DUANKA" keys add --data d "$@"; }
inspector=$(key --tenant police --scopes desk --roles inspector)
leader=$(key --tenant police --scopes desk --roles leader)
key_2=$(key --tenant police --scopes desk --roles leader)
channel=$(key --tenant bank --scopes desk --roles channel)
other=$(key --tenant other --scopes desk --roles channel)
mkfifo said
"$DUANKA" serve --config duanka.toml --data d --policy p --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
url=http://${line##*listening on }
outlet() { # outlet KEY ...
	DUANKA_API_KEY=$1
	export DUANKA_API_KEY
	shift
	"$DUANKA" outlet "$@" --url "$url"
}
data=$SOURCE_DIR/data/outlets

expect 0 "$DUANKA" outlet --help
says out '物料订购单'
expect 1 "$DUANKA" outlet plan
says err '--url is missing'
expect 1 outlet "$inspector" plan --format xml

# Kits: who drafts doesn't approve.
expect 0 outlet "$leader" kit "$data/kits.csv"
says out '4 made'
expect 1 outlet "$leader" approve all
says err 'four-eyes'
expect 0 outlet "$key_2" pending
says out '4 wait'
expect 0 outlet "$key_2" approve all
says out '4 approved'

# Outlets, and numbers that wait until somebody else agrees.
expect 0 outlet "$inspector" import "$data/banks.csv"
says out '124 lines 行: 124 made 新登记, 0 corrected 更正, 0 unchanged 无变化, 25 numbers asked for'
expect 0 outlet "$inspector" import "$data/halls.csv"
says out '12 made'
expect 0 outlet "$inspector" plan --type bank-outlet
says out ' 992 '
expect 1 outlet "$inspector" approve all
expect 0 outlet "$leader" approve all
says out '25 approved'

# The print order of the banks: 1,003 paper and 472 acrylic signs, 372 posters.
expect 0 outlet "$inspector" plan --type bank-outlet
sums() { awk -v item="$1" -F '  +' '/^organisation/ { exit } $2 == item { print $4, $NF }' out; }
[ "$(sums paper-sign)" = "1,003 1,003" ] || fail "paper signs: $(cat out)"
[ "$(sums acrylic-sign)" = "472 472" ] || fail "acrylic signs: $(cat out)"
[ "$(sums 'posters together')" = "372 372" ] || fail "posters: $(cat out)"
for poster in poster-card poster-app poster-account; do
	[ "$(sums $poster)" = "124 124" ] || fail "$poster: $(cat out)"
done
expect 0 outlet "$inspector" plan --format csv
awk -F, '$3 == "paper-sign" { n += $10 } END { exit n == 1003 + 12 * 12 ? 0 : 1 }' out || fail "the CSV does not add up"
expect 0 outlet "$inspector" plan --format json --type operator-hall
node -e 'const d = JSON.parse(require("fs").readFileSync("out")); process.exit(d.outlets === 12 && d.items.find((i) => i.item === "acrylic-sign").to_order === 72 ? 0 : 1)' ||
	fail "the JSON: $(cat out)"

# A new version of a kit is followed when that is asked for; numbers of their own stay.
sed 's/^bank-outlet,,8,/bank-outlet,,9,/' "$data/kits.csv" | sed -n '1p;/^bank-outlet/p' >newer.csv
expect 0 outlet "$leader" kit newer.csv
expect 0 outlet "$key_2" approve all
expect 0 outlet "$channel" follow
says out '16 follow the kit'
expect 0 outlet "$channel" plan
[ "$(sums paper-sign)" != "" ] || fail "$(cat out)"
expect 0 outlet "$inspector" plan --type bank-outlet --format csv
awk -F, '$3 == "paper-sign" { n += $5 } END { exit n > 1003 && n <= 1003 + 16 ? 0 : 1 }' out || fail "the kit is not followed"

# A member sees and plans its own.
expect 0 outlet "$channel" list
[ "$(wc -l <out)" = 16 ] || fail "$(wc -l <out) outlets of one bank"
expect 0 outlet "$other" plan
says out '16 outlets'

# The same table again changes nothing, and another name is one correction.
expect 0 outlet "$inspector" import "$data/banks.csv"
says out '0 made 新登记, 0 corrected 更正, 124 unchanged 无变化, 0 numbers asked for'
sed '2s/支行/支行营业部/' "$data/banks.csv" >again.csv
expect 0 outlet "$inspector" import again.csv
says out '1 corrected 更正, 123 unchanged'

# Bad lines are told with their places, and the rest goes on.
cat >bad.csv <<'CSV'
code,type,name,organisation,district,paper_sign,reason
X-1,bank-outlet,一号,11,202,,
X-2,bank,二号,11,202,,
X-3,bank-outlet,三号,11,seven,,
X-4,bank-outlet,四号,11,202,9,
X-5,bank-outlet,"五号,11,202,,
X 6,bank-outlet,六号,11,202,,
X-7,bank-outlet,七号,12,202,,
X-8,bank-outlet,八号,11,202
X-9,bank-outlet,九号,11,202,,
CSV
expect 2 outlet "$channel" import bad.csv
says err 'bad.csv:3: error: type: "bank" is none of bank-outlet, operator-hall, agent, self-service'
says err 'bad.csv:4: error: district: "seven" is not a whole number from 0 to 65535'
says err 'bad.csv:5: error: reason: a number of its own needs a reason'
says err 'bad.csv:7: error: code: a code is at most 64 of'
says err 'bad.csv:8: error: '
says err 'bad.csv:9: error: there are 5 cells, and the first line has 7'
says out '2 made'
[ "$(wc -l <bad.csv.quarantine.ndjson)" = 7 ] || fail "$(cat bad.csv.quarantine.ndjson)"
says bad.csv.quarantine.ndjson '{"line":3,"field":"type",'
mkdir -p elsewhere/source
mv bad.csv elsewhere/source
rm bad.csv.quarantine.ndjson
chmod 555 elsewhere/source
expect 2 outlet "$channel" import elsewhere/source/bad.csv
[ "$(wc -l <bad.csv.quarantine.ndjson)" = 7 ] || fail 'the quarantine is not here'
[ "$(ls elsewhere/source)" = bad.csv ] || fail 'something was written beside the source'
chmod 755 elsewhere/source
mv elsewhere/source/bad.csv .
expect 2 outlet "$channel" import bad.csv --quarantine q
says out '0 made 新登记, 0 corrected 更正, 2 unchanged'
printf 'code,kind\n' >header.csv
expect 1 outlet "$channel" import header.csv
says err 'header.csv:1: error: "kind" is no column'

# Pieces: ordered, received, placed with a picture; the plan follows.
expect 0 outlet "$channel" list
id=$(sed -n 's/^\(OU-[0-9]*\) .*一号.*/\1/p' out)
expect 0 outlet "$channel" show "$id"
supply=$(sed -n 's/^ *\(SU-[0-9]*\)  *paper-sign .*/\1/p' out)
ask() { # ask KEY METHOD PATH [curl's options]: status in $status, body in ./body
	bearer=$1 method=$2 path=$3
	shift 3
	status=$(curl -s -o body -w '%{http_code}' -X "$method" -H "Authorization: Bearer $bearer" -H 'If-Match: *' "$@" "$url$path")
}
must() { # must STATUS KEY METHOD PATH ...
	want=$1
	shift
	ask "$@"
	[ "$status" = "$want" ] || fail "$status instead of $want for $2 $3: $(cat body)"
}
must 200 "$channel" POST "/v1/supplies/$supply/order" -d '{"pieces":8}'
must 422 "$channel" POST "/v1/supplies/$supply/receive" -d '{"pieces":9}'
must 200 "$channel" POST "/v1/supplies/$supply/receive" -d '{"pieces":8}'
must 404 "$other" POST "/v1/supplies/$supply/lose" -d '{"pieces":1}'
must 200 "$channel" POST "/v1/supplies/$supply/lose" -d '{"pieces":1}'
expect 0 outlet "$channel" plan --district 202
expect 0 outlet "$channel" show "$id"
says out 'ordered      8  received      8  placed      0  lost    1'

# A picture passes the scanner of the house before it is kept; without its word nothing is.
printf '\377\330\377\376\000\007home!\377\300\000\013\010\000\002\000\002\001\001\021\000\377\332\000\010\001\001\000\000\077\000abc\377\331' >photo.jpg
must 201 "$channel" POST /v1/files --data-binary @photo.jpg
photo=$(sed -n 's/.*"file":"\([0-9a-f]*\)".*/\1/p' body)
(cat photo.jpg && printf EICAR) >infected.jpg
must 422 "$channel" POST /v1/files --data-binary @infected.jpg
says body 'virus'
touch broken
must 503 "$channel" POST /v1/files --data-binary @photo.jpg
rm broken
must 422 "$channel" POST "/v1/supplies/$supply/place" -d '{"pieces":7}'
must 200 "$channel" POST "/v1/supplies/$supply/place" -d "{\"pieces\":7,\"photo\":\"$photo\"}"
must 200 "$channel" GET "/v1/supplies/$supply/files/photo"
! grep -q home body || fail "the picture still has its comment"
must 404 "$other" GET "/v1/supplies/$supply/files/photo"
expect 0 outlet "$channel" show "$id"
says out 'placed      7  lost    1'

# An inspection by one, confirmed by another: what is missing has to be corrected.
must 201 "$inspector" POST /v1/inspections -d "{\"outlet\":\"$id\",\"planned\":\"2099-01-01T09:00:00+08:00\"}"
visit=$(sed -n 's/.*"object":{"id":"\(IN-[0-9]*\)".*/\1/p' body)
must 422 "$inspector" POST "/v1/inspections/$visit/do" -d '{"right":1,"wrong":0,"missing":0}'
must 422 "$inspector" POST "/v1/inspections/$visit/do" -d "{\"right\":1021,\"wrong\":0,\"missing\":2,\"photo_1\":\"$photo\"}" # somebody else's
must 201 "$inspector" POST /v1/files --data-binary @photo.jpg
photo=$(sed -n 's/.*"file":"\([0-9a-f]*\)".*/\1/p' body)
must 200 "$inspector" POST "/v1/inspections/$visit/do" -d "{\"right\":1021,\"wrong\":0,\"missing\":2,\"photo_1\":\"$photo\"}"
must 403 "$inspector" POST "/v1/inspections/$visit/confirm"
must 200 "$leader" POST "/v1/inspections/$visit/confirm"
says body '"score":92'
expect 0 outlet "$channel" show "$id"
says out 'open       acrylic-sign missing'

# Suspending its openings takes two, and stands in the ledger.
must 200 "$inspector" POST "/v1/outlets/$id/ask-suspension" -d '{"basis":"YF-2016-261","evidence":[1],"until":"'"$(date -d '+30 days' +%Y-%m-%dT00:00:00+08:00)"'","grounds":"five involved accounts in a month"}'
must 403 "$inspector" POST "/v1/outlets/$id/suspend"
must 200 "$leader" POST "/v1/outlets/$id/suspend"
says body '"name":"suspended"'
must 200 "$leader" GET "/v1/measures?entity=object:$id"
says body 'suspend-openings'
kill $pid
wait $pid || fail "exit status $?"
pid=
expect 0 "$DUANKA" registry verify --data d
