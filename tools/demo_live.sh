#!/bin/sh
# demo_live.sh DIR: a simulated city at a running service. Starts DIR/src/app/duanka serve on a new data directory with public pages, a simulated bank and a simulated operator beside it, and the city's events as its clock
# goes; makes accounts for every role (demo_city.sh) and prints where to look. On a terminal, or with DEMO_STAY=1, it stays until Ctrl-C; otherwise it looks whether alerts, warnings, pages and log-in are there and ends.
#   DEMO_DATA      the data directory, made anew (default DIR/demo-live)
#   DEMO_CONSOLE   pages of the console, used if the folder is there (default DIR/console)
#   DEMO_PEOPLE    people of the city (default 10000)
set -eu
dir=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
duanka=$dir/src/app/duanka
data=${DEMO_DATA:-$dir/demo-live}
console=${DEMO_CONSOLE:-$dir/console}
people=${DEMO_PEOPLE:-10000}
children='' # the service is the first
city_pid=
sender_pid=

complain() {
	echo "demo: $*" >&2
	exit 1
}

# The city first, so that the sender has an end to come to; the service last, with all that was sent.
finish() {
	trap '' INT TERM HUP
	for pid in $city_pid; do kill "$pid" 2>/dev/null || true; done
	for pid in $city_pid $sender_pid; do wait "$pid" 2>/dev/null || true; done
	city_pid='' sender_pid=''
	for pid in $children; do kill "$pid" 2>/dev/null || true; done
	failed=
	for pid in $children; do wait "$pid" 2>/dev/null || failed=${failed:-$pid}; done
	children=''
}
trap 'finish' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Only a folder that an earlier run has made is removed.
if [ -e "$data" ]; then
	[ -f "$data/demo-live" ] || complain "$data is there and is not of a demo; name another folder with DEMO_DATA"
	rm -rf "$data"
fi
(umask 077 && mkdir -p "$data/texts" && : >"$data/demo-live")
data=$(cd "$data" && pwd)

# A token key for the demo alone.
umask 077
head -c 16 /dev/urandom >"$data/token.key"
for who in bank operator; do printf 'demo-%s\n' "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >"$data/$who.secret"; done
unset DUANKA_KEY_FILE DUANKA_API_KEY # of whoever runs this

settings() { # settings BANK-ADDRESS OPERATOR-ADDRESS
	cat <<EOF
[desk]
second_factor = false
[files]
room = "1GiB"
[keys]
token = "$data/token.key"
[outbox]
poll = "1s"
[public]
enabled = true
[service]
tick = "2s"
[tenant.police]
number = 1
title = "市反诈中心"
sees = ["*:*.*"]
[tenant.city]
number = 2
[tenant.texts]
number = 90
connector = "spool"
connector_url = "$data/texts"
EOF
	peer 11 中国工商银行 '"中国工商银行, 中国农业银行, 中国建设银行, 中国邮政储蓄银行, 中国交通银行, 中国银行, 中信银行, 招商银行"' banks case-platform bank "${1:-}"
	peer 21 运营商 '"移动, 联通, 电信, 广电, 虚拟"' carriers commands operator "${2:-}"
	for n in 12 13 14 15 16 17 18 22 23; do printf '[tenant.org-%s]\nnumber = %s\n' $n $n; done
}
peer() { # peer NUMBER TITLE NAMES KEY CONNECTOR WHO ADDRESS
	printf '[tenant.org-%s]\nnumber = %s\ntitle = "%s"\n%s = %s\n' "$1" "$1" "$2" "$4" "$3"
	[ -z "$7" ] || printf 'connector = "%s"\nconnector_url = "http://%s/front"\nconnector_secret = "%s"\n' "$5" "$7" "$data/$6.secret"
}
key() { "$duanka" keys add --data "$data/service" "$@"; }
ready() { # ready FILE PID: waits until FILE has an address
	while [ ! -s "$data/$1" ]; do
		kill -0 "$2" 2>/dev/null || return 1
		sleep 0.1
	done
}

settings >"$data/duanka.toml"
city_key=$(key --tenant city --scopes events)
watch_key=$(key --tenant police --scopes alerts,metrics,admin)
bank_key=$(key --tenant org-11 --scopes connector --roles connector)
operator_key=$(key --tenant org-21 --scopes connector --roles connector)
DEMO_ADMIN_1=$(key --tenant police --scopes desk --roles admin)
DEMO_ADMIN_2=$(key --tenant police --scopes desk --roles admin)
export DEMO_ADMIN_1 DEMO_ADMIN_2

# A city with thirty times the true rate of crime, and with so many more frauds on people and so many fewer boxes of phones that a small one has something of everything.
"$duanka" simulate --print-mix | awk '/^[a-z]/ { k = 1 } /^scam/ { k = 20 } /^phones simbox/ { k = 0.3 } $1 == "rate" { $0 = "  rate " $2 * k } { print }' >"$data/city.scene"
city() { # city OPTION...: in a subshell of its own, which becomes it
	exec setsid "$duanka" simulate city --people "$people" --history 10 --crime-rate 3000 --policy-mix "$data/city.scene" --no-progress "$@"
}
# Whom the rules exempt: couriers, employers and lenders that have registered.
mkdir "$data/whole" "$data/lists"
(city --days 1 --only reports -o "$data/whole") >/dev/null
for list in known-callers known-payers lenders; do mv "$data/whole/$list.csv" "$data/lists"; done
rm -rf "$data/whole"

set -- serve --config "$data/duanka.toml" --data "$data/service" --policy policy --lists "$data/lists" --ready-file "$data/address"
if [ -d "$console" ] && "$duanka" serve --help | grep -q -- '--console'; then
	set -- "$@" --console "$console"
else
	console=
fi
listen=127.0.0.1:8460
curl -s -o /dev/null --max-time 5 "http://$listen/" && listen=127.0.0.1:0 # taken
setsid "$duanka" "$@" --listen "$listen" 2>"$data/service.log" &
children=$!
ready address "$children" || {
	cat "$data/service.log" >&2
	complain "the service has ended"
}
address=$(cat "$data/address")
url=http://$address

for who in bank operator; do
	[ $who = bank ] && DUANKA_API_KEY=$bank_key || DUANKA_API_KEY=$operator_key
	export DUANKA_API_KEY
	setsid "$duanka" simulate $who --listen 127.0.0.1:0 --state "$data/$who.state" --secret "$data/$who.secret" --service "$url" \
		--ready-file "$data/$who.address" 2>"$data/$who.log" &
	children="$children $!"
	ready $who.address $! || complain "the simulated $who has ended: $(cat "$data/$who.log")"
done
settings "$(cat "$data/bank.address")" "$(cat "$data/operator.address")" >"$data/duanka.toml"
watch() { # watch METHOD PATH
	curl -sS -f -X "$1" -H "Authorization: Bearer $watch_key" "$url$2"
}
watch POST /v1/reload >/dev/null

# The city: today, and in the morning yesterday too, until now at once, from then on as the clock goes, for a week.
mkfifo "$data/events"
set -- --stream --live --days 8
[ "$(TZ=CST-8 date +%H)" -lt 12 ] || set -- "$@" --start "$(TZ=CST-8 date +%Y-%m-%d)"
(city "$@") >"$data/events" 2>"$data/city.log" &
city_pid=$!
DUANKA_API_KEY=$city_key
export DUANKA_API_KEY
setsid "$duanka" send --url "$url" --no-progress <"$data/events" >"$data/sent" 2>"$data/send.log" &
sender_pid=$!
unset DUANKA_API_KEY

# A first alert, and a warning from it: what the seats begin with.
until watch GET '/v1/alerts?limit=1' >"$data/alert" && watch GET /metrics >"$data/metrics" && grep -q '"rule"' "$data/alert" &&
	grep -q '^duanka_desk_behind 0$' "$data/metrics"; do
	kill -0 "$sender_pid" 2>/dev/null || complain "the sender has ended: $(cat "$data/send.log")"
	sleep 0.2
done
rm -f "$data/alert" "$data/metrics"
sh tools/demo_city.sh "$duanka" "$url" "$data" || complain "accounts and cases could not be made"

# What a visitor will do is done once before anybody is sent there.
password=$(sed -n 's/^leader  *\([^ ]*\).*/\1/p' "$data/accounts")
token=$(curl -sS -f -d "{\"login\":\"leader\",\"password\":\"$password\"}" "$url/v1/login" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
leader() { curl -sS -f -H "Authorization: Bearer $token" "$@"; }
case $(leader "$url/v1/me") in *'"leader"'*) ;; *) complain "the leader can't log in" ;; esac
until case $(leader "$url/v1/warnings?open=true&limit=1") in *'"id":"W-'*) true ;; *) false ;; esac do sleep 0.2; done
leader -X POST "$url/v1/logout" >/dev/null
curl -sS -f -L -o /dev/null "$url/" || complain "there is no public page"
[ -z "$console" ] || curl -sS -f -L -o /dev/null "$url/console/" || complain "there is no console"

echo
echo "A simulated city, live / 模拟城市已实时接入:"
[ -z "$console" ] || echo "  $url/console/    the console / 工作台"
echo "  $url/            pages for everybody / 公众页面"
echo "  $url/v1/me       the interface, doc/desk-api.md / 接口"
echo
echo "Accounts, all with passwords of their own, in $data/accounts / 演示账号及口令（仅本机，随数据目录生成）:"
sed 's/^/  /' "$data/accounts"

if [ -t 1 ] || [ "${DEMO_STAY:-}" = 1 ]; then
	echo
	echo "It goes on until Ctrl-C / 按 Ctrl-C 结束。"
	# The first of them is the service. A signal ends the wait.
	wait "${children%% *}" || true
	cat "$data/service.log" >&2
	complain "the service has ended"
fi
finish
[ -z "$failed" ] || complain "one of the processes did not end in order; see $data/*.log"
echo
echo "Ended, for this is no terminal; DEMO_STAY=1 makes it stay / 非终端环境，演示已结束；DEMO_STAY=1 可保持运行。"
sed -n 's/^ *\([0-9]*\)  \(lines sent\|alerts\)$/  \1 \2/p' "$data/sent"
