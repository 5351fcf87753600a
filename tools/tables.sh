#!/bin/sh
# tables.sh [BUILD] - what is made from the desk's tables is written anew: tests/golden/desk-machines.txt, doc/desk-permissions.md, the desk's part of
# doc/openapi.json. Run it after a change of a table, and look at the differences before you commit them.
set -eu
cd "$(dirname "$0")/.."
build=$PWD/${1:-build-check}
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || { kill $pid; wait $pid; }; rm -rf "$work"' EXIT
SOURCE_DIR=$PWD BUILD_DIR=$build DUANKA_WRITE_GOLDEN=1 "$build/tests/test_unit_desk_tables" >"$work/tests" 2>&1 || {
	grep -B2 -A4 ERROR "$work/tests" >&2
	echo "tables: the tables do not keep their promises" >&2
	exit 1
}
(umask 077 && printf '0123456789abcdef' >"$work/key")
export DUANKA_KEY_FILE="$work/key"
key=$("$build/src/app/duanka" keys add --data "$work/d" --tenant t --scopes desk --roles intake)
mkfifo "$work/said"
"$build/src/app/duanka" serve --data "$work/d" --policy policy --lists policy/lists --listen 127.0.0.1:0 2>"$work/said" &
pid=$!
while IFS= read -r line; do
	case $line in *"listening on"*) break ;; esac
done <"$work/said"
curl -sSf -H "Authorization: Bearer $key" "http://${line##*listening on }/v1/desk/machines" >"$work/machines"
node tests/openapi/desk.mjs doc/openapi.json "$work/machines" --write
