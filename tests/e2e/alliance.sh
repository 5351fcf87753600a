# alliance.sh - the alliance's work from a raised matter to printed minutes, and the month's report of a kept day, as files; their text is read back out of the PDF.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT

add() { # add ROLE TENANT: a key
	"$DUANKA" keys add --data d --tenant "$2" --scopes desk --roles "$1" </dev/null
}
secretary=$(add secretary centre)
leader=$(add city-leader centre)
delegate=$(add delegate bank)
printf '[tenant.centre]\nnumber = 13\n[tenant.bank]\nnumber = 11\n' >settings.toml
mkfifo said
"$DUANKA" serve --data d --policy "$policy" --lists "$policy/lists" --config settings.toml --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
url=http://${line##*listening on }
cat said >/dev/null &

post() { # post KEY PATH BODY
	curl -sS -f -H "Authorization: Bearer $1" -H 'If-Match: *' -H 'Content-Type: application/json' -d "$3" "$url$2"
}
id() { sed -n 's/.*"object":{"id":"\([A-Z]*-[0-9]*\)".*/\1/p'; }

meeting=$(post "$secretary" /v1/meetings '{"sort":"joint","title":"第三次联席会议","when":"2026-01-01T09:00:00+08:00"}' | id)
[ -n "$meeting" ] || fail "no meeting"
post "$secretary" "/v1/meetings/$meeting/call" '{"agenda":"一人一表","chair":"市公安局"}' >/dev/null
matter=$(post "$delegate" /v1/matters '{"step":"raise","sort":"service","title":"涉诈网点一表共享"}' | id)
post "$secretary" "/v1/matters/$matter/list" "{\"meeting\":\"$meeting\"}" >/dev/null
post "$secretary" "/v1/matters/$matter/decide" '{"decision":"由银行牵头","owner":11,"deadline":"2036-01-01T00:00:00+08:00"}' >/dev/null
post "$secretary" "/v1/meetings/$meeting/hold" '{"present":"公安、银行、运营商","names":"李雷、韩梅梅"}' >/dev/null
post "$secretary" "/v1/meetings/$meeting/minute" '{"minutes":"会议听取了汇报。"}' >/dev/null
post "$leader" "/v1/meetings/$meeting/confirm" '{}' >/dev/null
post "$delegate" "/v1/matters/$matter/report" '{"progress":"已建表"}' >/dev/null
post "$delegate" "/v1/matters/$matter/finish" '{"result":"已上线"}' >/dev/null
post "$secretary" "/v1/matters/$matter/accept" '{}' >/dev/null

DUANKA_API_KEY=$delegate
export DUANKA_API_KEY
expect 0 "$DUANKA" alliance minutes "$meeting" --url "$url" --lang zh
says out '# 第三次联席会议'
says out '| 涉诈网点一表共享 | 由银行牵头 | bank |'
says out '已销号'
grep -q 李雷 out && fail "a name stands in the minutes"
"$DUANKA" alliance minutes "$meeting" --url "$url" --lang zh --format pdf >minutes.pdf
"$DUANKA" alliance minutes "$meeting" --url "$url" --lang zh --format pdf | cmp - minutes.pdf || fail "the same minutes, other bytes"
pdftotext -layout minutes.pdf text
says text '第三次联席会议'
says text '由银行牵头'
says text '第1页，共1页'
"$DUANKA" alliance minutes "$meeting" --url "$url" --lang en --format html >out
says out '<html lang="en">'

# The secretary's own report, over the service and then from the registry.
DUANKA_API_KEY=$secretary
"$DUANKA" report month --date 2026-03-01 --format html --lang en --url "$url" >out
says out 'Joint anti-fraud report, 2026-03'
says out 'Joint matters, meetings, events, assets'
says out 'Left out, the registry has nothing of it: Outlets.'
kill "$pid"
wait "$pid" || true
pid=

mistake() { # mistake WORDS COMMAND...
	words=$1
	shift
	expect 1 "$DUANKA" "$@"
	says err "$words"
	one_line err
}
mistake "say minutes and the id" alliance
mistake "ME-65536" alliance minutes W-1
mistake "ME-65536" alliance minutes 'ME-1/../../x'
mistake "--format is md, html or pdf" alliance minutes ME-1 --format doc
expect 0 "$DUANKA" alliance --help

# A day that was played, as a month: figures with their drawings, in both languages; the same bytes each time.
(cd "$SOURCE_DIR" && "$DUANKA" simulate desk --no-progress --people 1500 --crime-rate 20000 --set districts=2 --json --keep "$work/kept") >day
report() { "$DUANKA" report month --date 2026-03-02 --registry kept "$@"; }
report --format pdf --lang zh >month.pdf
report --format pdf --lang zh | cmp - month.pdf || fail "the same month, other bytes"
pdftotext -layout month.pdf text
says text '反诈联盟月报（2026年3月）'
says text '各类型警情'
says text '止付指令'
report --format pdf --lang en >month-en.pdf
pdftotext -layout month-en.pdf text
says text 'Warnings by grade'
report --format html --lang en >month.html
says month.html '<svg'
for json in $(tr ',{}' '\n\n\n' <day | sed -n 's/^"incidents":\([0-9][0-9]*\)$/\1/p' | head -n 1); do
	says month.html "Reports of fraud</td><td class=\"n\">$json</td>"
done
! grep -E '[0-9a-f]{32}|[0-9]{11}' month.html || fail "a number or a token stands in a report"
