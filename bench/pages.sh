#!/bin/sh
# pages.sh BUILD: what a public page costs the server, by its own clock (duanka_page_seconds_total over duanka_pages_total), with TOPICS topics on the board and 60 replies to one of them: the list, a
# search, a topic, its print view. Each is asked for ROUNDS times, one after the other. What is asked for first fills the board and is not counted.
# TOPICS=1000, ROUNDS=300.
set -eu
build=$1
topics=${TOPICS:-1000}
rounds=${ROUNDS:-300}
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/pages.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
cd "$dir"
(umask 077 && printf '0123456789abcdef' >key)
export DUANKA_KEY_FILE="$dir/key"
mkdir p
printf 'entity phone\nevent call { caller: phone, callee: phone }\nrule each on call about caller when count(call by caller over 1h) >= 100 then alert red because "many"\n' >p/rules.dk
printf '[public]\nenabled = true\nreads = 1000000\n[tenant.t]\nnumber = 13\n' >duanka.toml
key=$("$build/src/app/duanka" keys add --data d --tenant t --scopes desk,metrics --roles media,moderator)
mkfifo said
"$build/src/app/duanka" serve --config duanka.toml --data d --policy p --listen 127.0.0.1:0 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=http://${line##*listening on }

i=0
while [ $i -lt "$topics" ]; do
	n=0
	: >batch
	while [ $n -lt 100 ] && [ $i -lt "$topics" ]; do
		i=$((i + 1)) n=$((n + 1))
		printf '{"kind":"topic","step":"post","fields":{"title":"冒充客服退款骗局拆解，第 %s 期","body":"骗子先打电话，自称客服。\\n\\n然后让您共享屏幕。第 %s 例。"}}\n' "$i" "$i" >>batch
	done
	curl -sSf -o answer -H "Authorization: Bearer $key" --data-binary @batch "$url/v1/commands"
done
topic=$(curl -sSf -H "Authorization: Bearer $key" "$url/v1/topics?limit=1" | grep -o '{"id":"TO-[0-9]*"' | head -n 1 | cut -d'"' -f4)
n=0
: >batch
while [ $n -lt 60 ]; do
	n=$((n + 1))
	printf '{"kind":"reply","step":"reply","fields":{"topic":"%s","body":"第 %s 条：我也接到过，挂断后打了 96110。"}}\n' "$topic" "$n" >>batch
done
curl -sSf -o answer -H "Authorization: Bearer $key" --data-binary @batch "$url/v1/commands"

sums() { curl -sSf -H "Authorization: Bearer $key" "$url/metrics" | sed -n 's/^duanka_page_seconds_total \(.*\)/\1/p; s/^duanka_pages_total \(.*\)/\1/p' | tr '\n' ' '; }
measure() { # measure NAME PATH
	curl -sSf -o answer "$url$2"
	before=$(sums)
	curl -sSf -o answer "$url$2${3}[1-$rounds]"
	printf '%s %s %s %s\n' "$1" "$before" "$(sums)" "$(wc -c <answer)" | awk '{ printf "%-8s %7.3f ms a page\n", $1, ($5 - $3) / ($4 - $2) * 1000 }'
}
measure list /zh/board '?x='
measure search '/zh/board?q=%E9%AA%97%E5%B1%80+99' '&x='
measure topic "/zh/board/$topic" '?sent=shown&x='
measure print "/zh/board/$topic/print" '?x='
measure check /zh/check '?x='
