#!/bin/sh
# screens.sh [SCREENS [SECONDS]]: how the service bears screens that poll their playlists: DUANKA is the program. Each screen asks every 5 s, so 4,000 are 800 a second; wrk asks as fast as it can
# on 256 connections, without an ETag, so that each answer is whole (the dearest case).
#
# 4,000 screens, 8 slots, two cores that were busy with other work (load 32), wrk on the same: 4,600 requests/s, p50 54 ms, p99 163 ms, 54 MB. That is six times what they need.
set -eu
screens=${1:-4000}
seconds=${2:-10}
duanka=${DUANKA:-$PWD/build-check/src/app/duanka}
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || { kill $pid; wait $pid || :; }; rm -rf "$work"' EXIT
cd "$work"
(umask 077 && printf '0123456789abcdef' >key)
export DUANKA_KEY_FILE="$work/key"
mkdir p l
printf 'entity phone\nevent call { caller: phone, callee: phone, talk: duration }\nrule each on call about caller when count(call by caller over 1h) >= 100 then alert red because "many"\n' >p/r.dk
key() { "$duanka" keys add --data d --tenant t --scopes desk --roles "$1"; }
media=$(key media)
editor=$(key editor)
channel=$(key channel)
mkfifo said
"$duanka" serve --data d --policy p --lists l --listen 127.0.0.1:0 --connections 8192 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=http://${line##*listening on }
by() { curl -sf -H "Authorization: Bearer $1" -H 'If-Match: *' --data-binary "$3" "$url/v1/$2"; }
id() { sed -n 's/.*"object":{"id":"\([^"]*\)".*/\1/p' | head -n 1; }
for n in 1 2 3 4 5 6 7 8; do
	m=$(by "$media" materials "{\"audience\":\"everybody\",\"title\":\"刷单就是诈骗 $n\",\"summary\":\"先垫付、后返利的刷单都是诈骗，请立即停止转账。\"}" | id)
	by "$media" "materials/$m/submit" '{}' >/dev/null
	by "$editor" "materials/$m/approve" '{}' >/dev/null
	s=$(by "$media" slots "{\"step\":\"plan\",\"material\":\"$m\"}" | id)
	by "$editor" "slots/$s/approve" '{}' >/dev/null
done
# many at a time: the desk takes batches
i=0
while [ $i -lt "$screens" ]; do
	n=0
	: >batch
	while [ $n -lt 500 ] && [ $i -lt "$screens" ]; do
		printf '{"kind":"screen","fields":{"name":"s%s"}}\n' $i >>batch
		n=$((n + 1))
		i=$((i + 1))
	done
	by "$channel" commands @batch >made
done
one=$(curl -sf -H "Authorization: Bearer $editor" "$url/v1/screens?limit=1" | grep -o "SC-[0-9]*" | head -n 1)
address=$(curl -sf -H "Authorization: Bearer $editor" "$url/v1/screens/$one/address" | sed 's/.*"address":"\([^"]*\)".*/\1/')
curl -sf -o list "$url$address/playlist"
echo "$screens screens, playlist $(wc -c <list) bytes; they need $((screens / 5)) requests/s"
wrk -t 2 -c 256 -d "$seconds" --latency "$url$address/playlist" | grep -E 'Requests/sec|50%|99%'
echo "memory of the service: $(sed -n 's/^VmRSS: *//p' /proc/$pid/status)"
