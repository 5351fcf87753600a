# settings.sh - settings from file, environment and command line: what is wrong is told, what overrides what, where data goes; read again while
# the service runs; and what a service manager hears meanwhile.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
echo 'rule each on call about caller when talk >= 0s then alert red, score 7 because "a call"' >p/r.dk
pid=
ear=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; [ -z "$ear" ] || kill $ear 2>/dev/null; rm -rf "$work"' EXIT

says_exactly() { # says_exactly FILE: standard input is the whole file
	cat >wanted
	cmp -s wanted "$1" || {
		diff wanted "$1" >&2 || true
		fail "$1 is not what it should be"
	}
}

# ---- what is shown, and what documents say ----
expect 0 "$DUANKA" serve --settings
cmp out "$SOURCE_DIR/packaging/duanka.toml" || fail "packaging/duanka.toml: make it anew by duanka serve --settings"
awk -f "$SOURCE_DIR/tools/settings.awk" out >table
sed -n '/^<!-- From here on/,/^<!-- until here/p' "$SOURCE_DIR/doc/settings.md" | sed '1d;$d' >documented
[ "$(grep -c '^| `' table)" -gt 35 ] || fail "there are too few settings in the table"
cmp table documented || fail "doc/settings.md: put in what duanka serve --settings | awk -f tools/settings.awk gives"
expect 0 "$DUANKA" serve --help
sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' out >options
[ "$(wc -l <options)" -gt 20 ] || fail "there are too few options in --help"
while IFS= read -r option; do
	grep -qF -- "*$option*" "$SOURCE_DIR/doc/duanka-serve.1.scd" || fail "the manual page lacks $option"
done <options

# What is taken here, other readers of TOML take, with the same values.
cat >judge.py <<'PY'
import sys, tomllib
def flat(d, path=()):
    for k, v in d.items():
        yield from flat(v, path + (k,)) if isinstance(v, dict) else [(path + (k,), v)]
theirs, ours = (dict(flat(tomllib.loads(open(f, encoding="utf-8-sig", newline="").read()))) for f in sys.argv[1:3])
sys.exit(0 if ours and all(theirs.get(k) == v for k, v in ours.items()) else str(theirs) + "\n" + str(ours))
PY
expect 0 "$DUANKA" serve -c "$SOURCE_DIR/tests/fuzz/corpus/config/forms.toml" --settings
python3 judge.py "$SOURCE_DIR/tests/fuzz/corpus/config/forms.toml" out || fail "another reader of TOML has other values"

# ---- what is wrong ----
cat >wrong.toml <<'TOML'
[http]
lisen = "127.0.0.1:1"   # a slip of the pen
threads = 100
[service]
tick = "5 minutes"
[tenant.bank-1]
rate = 10
TOML
DUANKA_HTTP_BODY=1GB expect 1 "$DUANKA" serve -c wrong.toml --queue many --set http.idel=1s
says_exactly err <<'TOLD'
wrong.toml:2:1: error: there is no setting lisen here; did you mean listen?
wrong.toml:3:11: error: 100 is too much; http.threads takes a whole number from 1 to 64
wrong.toml:5:8: error: "5 minutes" is not a duration (a number with ms, s, min, h or d); service.tick takes "1s" to "1h"
wrong.toml:6:9: error: [tenant.bank-1] has no number; write number = 1 to 65535, one that was never another's
DUANKA_HTTP_BODY: error: "1GB" is not a size (a number with KiB, MiB, GiB or TiB); http.body takes "64KiB" to "256MiB"
--queue: error: many is not a whole number; service.queue takes a whole number from 512 to 1048576
--set: error: there is no setting http.idel; did you mean http.idle?
TOLD
[ ! -e d ] || fail "something was made although the settings were wrong"
DUANKA_HTTP_LISEN=x expect 1 "$DUANKA" serve
says err 'DUANKA_HTTP_LISEN: error: there is no such setting; did you mean DUANKA_HTTP_LISTEN?'
expect 1 "$DUANKA" serve -c nowhere.toml
one_line err
says err 'nowhere.toml: error: there is no such file; duanka serve --settings > FILE makes one'
expect 1 "$DUANKA" serve -c p
says err 'p: error: it can'\''t be read (Is a directory)'
expect 1 "$DUANKA" serve --set threads
says err '--set: error: it takes NAME=VALUE; write --set http.threads=4'
expect 1 "$DUANKA" serve --set tls.key=x --listen localhost:1 --data d
says_exactly err <<'TOLD'
settings: error: http.listen is "localhost:1"; it takes ADDRESS:PORT, as 127.0.0.1:8460 or [::1]:8460
settings: error: tls.certificate and tls.key go together; name both or neither
TOLD
expect 1 "$DUANKA" serve -c wrong.toml --settings
says err 'wrong.toml:2:1'
expect 1 "$DUANKA" serve operand
says err 'takes no operands'
expect 1 "$DUANKA" serve --tick
says err 'a value is missing after --tick'

# ---- what overrides what ----
printf '[http]\nthreads = 3\nconnections = 100\nidle = "3s"\n' >order.toml
shown() { # shown NAME COMMAND...: the setting as it would be in force
	name=$1
	shift
	expect 0 env "$@" --settings
	sed -n "s/^#\{0,1\}$name = //p" out
}
[ "$(shown threads "$DUANKA" serve)" = 2 ] || fail "not the default"
[ "$(shown threads "$DUANKA" serve -c order.toml)" = 3 ] || fail "the file does not override the default"
[ "$(shown threads DUANKA_HTTP_THREADS=4 "$DUANKA" serve -c order.toml)" = 4 ] || fail "the environment does not override the file"
[ "$(shown threads DUANKA_HTTP_THREADS=4 "$DUANKA" serve -c order.toml --threads 5)" = 5 ] || fail "the command line does not override the environment"
[ "$(shown threads "$DUANKA" serve --set http.threads=6 -c order.toml)" = 6 ] || fail "--set does not override the file"
[ "$(shown connections DUANKA_HTTP_THREADS=4 "$DUANKA" serve -c order.toml --threads 5)" = 100 ] || fail "another setting of the file is lost"
[ "$(shown idle "$DUANKA" serve -c order.toml --idle 90)" = '"90s"' ] || fail "digits alone are not seconds for --idle"
[ "$(shown body "$DUANKA" serve --body 32)" = '"32MiB"' ] || fail "digits alone are not MiB for --body"
[ "$(shown anonymous "$DUANKA" serve --anonymous)" = true ] || fail "--anonymous is not taken"
expect 0 "$DUANKA" serve -c order.toml --settings
grep -qx 'threads = 3' out || fail "a setting of the file is not shown as one"
grep -qx '#body = "16MiB"' out || fail "a default is not shown behind #"

# ---- where data goes ----
expect 1 env -u STATE_DIRECTORY XDG_STATE_HOME="$work/state" "$DUANKA" serve --policy p
says err "state/duanka/data/api-keys.ndjson: error: there are no API keys yet; run duanka keys add --data $work/state/duanka/data, or"
expect 1 env -u STATE_DIRECTORY -u XDG_STATE_HOME HOME="$work/home" "$DUANKA" serve --policy p
says err "$work/home/.local/state/duanka/data/api-keys.ndjson: error: there are no API keys yet"
expect 1 env XDG_STATE_HOME="$work/state" STATE_DIRECTORY="$work/systemd:/elsewhere" "$DUANKA" serve --policy p
says err "--data $work/systemd,"
expect 1 env XDG_STATE_HOME="$work/state" STATE_DIRECTORY="$work/systemd" "$DUANKA" serve --policy p --data "$work/named"
says err "--data $work/named,"
expect 1 env -u STATE_DIRECTORY -u XDG_STATE_HOME -u HOME "$DUANKA" serve --policy p
says err 'data.directory is not set, and no home directory is known; name it with --data'
[ ! -e state ] && [ ! -e home ] && [ ! -e systemd ] || fail "a folder was made although there were no keys"

# ---- a service under a manager ----
mkfifo said heard
"$NOTIFY_LISTEN" "$work/notify" >heard &
ear=$!
exec 4<heard
hears() { # hears TEXT: from now on, in some line
	while IFS= read -r line <&4; do
		echo "$line" >>heard.log
		case $line in *"$1"*) return ;; esac
	done
	fail "the manager did not hear $1"
}
hears bound
start() { # start [options]: until requests are answered; $url is where
	NOTIFY_SOCKET=$work/notify "$DUANKA" serve -c duanka.toml "$@" 2>said &
	pid=$!
	exec 3<said
	told "listening on"
	url=http://${line##*listening on }
}
told() { # told TEXT: until the service says it; $line is that line
	while IFS= read -r line <&3; do
		echo "$line" >>log
		case $line in *"$1"*) return ;; esac
	done
	cat log >&2
	fail "the service did not say $1"
}
stop() {
	kill -TERM $pid
	got=0
	wait $pid || got=$?
	pid=
	exec 3<&-
	[ "$got" = 0 ] || fail "exit status $got after SIGTERM"
}
ask() { # ask PATH [curl options]: body in ./body, status in $status
	path=$1
	shift
	status=$(curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $key" "$@" "$url$path") || true
}
answers() { # answers STATUS TEXT
	[ "$status" = "$1" ] || {
		cat body >&2
		fail "HTTP $status instead of $1"
	}
	says body "$2"
}
call() { # call SECONDS: a call that many seconds ahead of now
	printf '{"event":"call","time":"%s000000","caller":"13800138000","callee":"13900139000","talk":12}' $(($(date +%s) + $1))
}
settings() { # settings SKEW TICK SNAPSHOTS [lines]
	cat >duanka.toml <<TOML
[data]
directory = "$work/d/e"
[policy]
directory = "p"
[http]
listen = "127.0.0.1:0"
idle = "1s"
request = "1s"
[engine]
skew = "$1"
[service]
tick = "$2"
snapshots = $3
TOML
	printf '%b' "${4:-}" >>duanka.toml
}
settings 1min 1h 2
key=$("$DUANKA" keys add --data d/e --tenant bank-1 --scopes decide,alerts,metrics)
start
hears 'STATUS=reading the journal'
hears READY=1
hears "STATUS=listening on 127.0.0.1:"
ask /v1/decide -d "$(call 0)"
answers 200 '"outcome":"accepted"'
ask /v1/decide -d "$(call 300)"
answers 422 '"reason":"time_ahead"'

# Read again: what can change has changed at once.
settings 1h 1h 2 '[tenant.bank-1]\nnumber = 1\n'
kill -HUP $pid
told 'settings reloaded; changed: engine.skew, tenant; 1 API keys'
hears RELOADING=1
hears MONOTONIC_USEC=
hears READY=1
hears 'STATUS=settings reloaded'
ask /v1/decide -d "$(call 300)"
answers 200 '"outcome":"accepted"'

# Nothing differs: that is no error.
kill -HUP $pid
told 'settings reloaded; changed: none; 1 API keys'

# What is wrong, or can't change, is told, and those of before stay in force.
cp duanka.toml good.toml
printf '[service]\n' >>duanka.toml
kill -HUP $pid
told 'duanka.toml:16:2: error: [service] stands twice, first in line 11; put its settings together'
told 'settings not reloaded; those of before stay in force'
hears 'STATUS=settings not reloaded: see the log'
sed 's/^listen = .*/listen = "127.0.0.1:1"/; s/^skew = .*/skew = "1s"/' good.toml >duanka.toml
kill -HUP $pid
told "settings: error: a running service can't change http.listen; start it again, or put back what was there"
told 'settings not reloaded'
mv d/e/api-keys.ndjson d/e/keys.away
cp good.toml duanka.toml
kill -HUP $pid
told 'there are no API keys yet'
told 'settings not reloaded'
mv d/e/keys.away d/e/api-keys.ndjson
ask /v1/decide -d "$(call 300)"
answers 200 '"outcome":"accepted"'

# A key that was made while the service runs works, and one that was revoked does not; the stream that it opened ends.
first=$key
key=$("$DUANKA" keys add --data d/e --tenant bank-1 --scopes decide,alerts)
ask /v1/decide -d "$(call 0)"
answers 401 'valid key'
kill -HUP $pid
told 'settings reloaded; changed: none; 2 API keys'
ask /v1/decide -d "$(call 0)"
answers 200 '"outcome":"accepted"'
mkfifo stream
curl -sN -H "Authorization: Bearer $key" "$url/v1/alerts/stream?cursor=0" >stream 2>/dev/null &
curl_pid=$!
exec 5<stream
while IFS= read -r line <&5; do
	case $line in "id: "*) break ;; esac
done
id=${key#dk_}
expect 0 "$DUANKA" keys revoke --data d/e "${id%%_*}"
kill -HUP $pid
told 'settings reloaded'
ask /v1/decide -d "$(call 0)"
answers 401 'valid key'
wait $curl_pid || fail "the stream of a revoked key did not end as a whole answer"
exec 5<&-
key=$first
ask /v1/decide -d "$(call 0)"
answers 200 '"outcome":"accepted"'

# A request that comes in byte by byte is never idle, and yet does not last.
mkfifo slowly
exec 6<>slowly
: >over
(
	curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $key" -H 'Expect:' -T slowly -X POST "$url/v1/decide" >slow_status || true
	echo over >over
) &
n=0
until [ -s over ]; do
	n=$((n + 1))
	[ $n -lt 5000 ] || fail "a request that does not end was not ended"
	printf ' ' >&6
	ask /v1/ready
	answers 200 '"status":"ready"'
done
exec 6>&-
[ "$(cat slow_status)" = 000 ] || fail "a request that does not end was answered"
ask /metrics
says body 'duanka_http_slow_total 1'

# Ticks come as often as the settings now say.
ask /v1/ready
before=$(sed 's/.*"next":\([0-9]*\).*/\1/' body)
sed 's/^tick = .*/tick = "1s"/' good.toml >duanka.toml
kill -HUP $pid
told 'changed: service.tick;'
next=$before
while [ "$next" -lt $((before + 2)) ]; do
	ask /v1/ready
	next=$(sed 's/.*"next":\([0-9]*\).*/\1/' body)
done
stop
hears STOPPING=1

# Snapshots: two are kept, then one.
start
ask /v1/decide -d "$(call 0)"
stop
[ "$(ls d/e/snapshot | grep -c dks)" = 2 ] || fail "two snapshots should have been kept"
start
sed 's/^snapshots = .*/snapshots = 1/' good.toml >duanka.toml
kill -HUP $pid
told 'changed: service.tick, service.snapshots;'
ask /v1/decide -d "$(call 0)"
stop
[ "$(ls d/e/snapshot | grep -c dks)" = 1 ] || fail "one snapshot should have been kept"

# The watchdog hears from a service that gets on; one that is meant for another process is left alone.
WATCHDOG_USEC=200000
export WATCHDOG_USEC
start
hears READY=1
hears WATCHDOG=1
hears 'events waiting'
hears WATCHDOG=1
stop
WATCHDOG_PID=1
export WATCHDOG_PID
: >heard.log
start
hears 'listening on'
ask /v1/ready
stop
hears STOPPING=1
! grep -q WATCHDOG heard.log || fail "a watchdog that is another's was served"
