# report.sh - the desk's figures from the command line: of a kept day against its own report, in every format, from a registry and from a service; and mistakes.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT

# The manual says what the program counts.
"$DUANKA" report figures >figures
awk -F'|' '/^\| `/ && NF == 9' "$SOURCE_DIR/doc/figures.md" >table # the one with seven columns
[ -s table ] || fail "doc/figures.md has no table"
grep '^| `' figures >lines
cmp table lines || fail "the table of doc/figures.md is another one; duanka report figures prints it"

# A day that was played tells the same of itself as its registry does.
(cd "$SOURCE_DIR" && "$DUANKA" simulate desk --no-progress --people 1500 --crime-rate 20000 --set districts=2 --json --keep "$work/kept") >day
report() { "$DUANKA" report "$@" --registry kept; }
report day --date 2026-03-02 --format csv >csv
figure() { # figure NAME PART ITEM
	awk -F, -v f="$1" -v p="$2" -v i="$3" '$1 == "this" && $4 == "" && $5 == f && $6 == p && $7 == i { print $8 }' csv
}
field() { # field NAME: of the day's report
	tr ',{}' '\n\n\n' <day | sed -n "s/^\"$1\":\([0-9][0-9]*\)$/\1/p" | head -n 1
}
same() { # same FIELD NAME PART ITEM
	is=$(figure "$2" "$3" "$4")
	[ "${is:-0}" = "$(field "$1")" ] || fail "$1: the day says $(field "$1"), its registry ${is:-0}"
}
same hits hits all n
same incidents incidents all n
same stops stops all n
same freezes freezes all n
same cards cards all n
same accounts accounts all n
same appeals appeals all n
same device_reports device_reports all n
same stop_sent stops_sent all n
same stopped_fen stopped_amount all n
[ "$(figure messages all n)" = "$(field messages)" ] || fail "not every message was counted"

# Every format, both languages; what is divided by day and by hour.
expect 0 report day --date 2026-03-02 --lang en
says out "Daily report of the desk  2026-03-02"
says out "Pickup to stop"
says out "week before"
expect 0 report week --date 2026-03-02 --lang zh --by day
says out "反诈工作周报"
says out "预后被骗率"
[ "$(grep -c '^2026-03-0[2-8]' out)" = 7 ] || fail "a week has seven days"
expect 0 report month --date 2026-03-02 --lang en --format markdown --by district
says out "# Monthly report of the desk  2026-03-01"
says out "| Warnings | "
expect 0 report day --date 2026-03-02 --format json --by hour --compare nothing
says out '"by":"hour"'
says out '"compared":{}'
mv out one
expect 0 report day --date 2026-03-02 --format json --by hour --compare nothing
cmp one out || fail "the same question, another answer"
report month --date 2026-03-20 --format csv --compare nothing | sed 1d | cut -d, -f4- >month
report day --date 2026-03-02 --format csv --compare nothing | sed 1d | cut -d, -f4- >one
cmp month one || fail "the month is another one than its only day"
! grep -E '[0-9a-f]{32}|[0-9]{11}' csv || fail "a number or a token stands in a report"

mistake() { # mistake WORDS ARGUMENT...
	words=$1
	shift
	expect 1 "$DUANKA" report "$@"
	says err "$words"
	one_line err
}
mistake "say day, week, month or figures"
mistake "say day, week, month or figures" year
mistake "one span at a time" day week
mistake "there is no registry here" day --registry nowhere
mistake "html and pdf are formats of a month" day --format pdf
mistake "--format is text, json, markdown or csv" day --format xls
mistake "--by is district" day --by name
mistake "--compare has before" day --compare decade
mistake "--lang is en or zh" day --lang fr
mistake "write 2026-03-01" day --date yesterday
mistake "--organisation" day --organisation 70000
expect 0 "$DUANKA" report --help

# From a service, and from its registry afterwards; one that is made again is the same.
cat >duanka.toml <<'TOML'
[tenant.police]
number = 13
TOML
key=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles leader)
weak=$("$DUANKA" keys add --data d --tenant police --scopes desk --roles intake)
mkdir p
printf 'entity phone\nevent call { caller: phone, callee: phone }\n' >p/p.dk
mkfifo said
"$DUANKA" serve --config duanka.toml --data d --policy p --listen 127.0.0.1:0 2>said &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <said
url=http://${line##*listening on }
curl -sf -X POST -H "Authorization: Bearer $weak" -d '{"channel":"110","caller":"13800138000","amount":100,"district":7}' "$url/v1/incidents" >/dev/null
DUANKA_API_KEY=$key
export DUANKA_API_KEY
today=$(date -u -d '+8 hours' +%F)
expect 0 "$DUANKA" report day --date "$today" --url "$url" --lang en --by hour
says out "Reports of fraud"
expect 0 "$DUANKA" report month --date "$today" --url "$url" --format csv --district 7
says out ",incidents,all,n,1"
DUANKA_API_KEY=$weak
expect 1 "$DUANKA" report day --url "$url"
says err "not for you"
kill $pid
wait $pid || fail "exit status $?"
pid=
DUANKA_API_KEY=
"$DUANKA" report month --date "$today" --registry d --format csv --district 7 >offline
says offline ",incidents,all,n,1"
expect 0 "$DUANKA" registry verify --data d
says out "the same as the present one"
