#!/bin/sh
# web.sh [DIR]: builds the console's pages into DIR (build/console): types checked, one chunk a page, compressed. Does nothing when what it was built from has not changed.
set -eu
cd "$(dirname "$0")/.."
out=${1:-build/console}
case $out in /*) ;; *) out=$PWD/$out ;; esac
mkdir -p "$(dirname "$out")"
exec 9>"$out.lock"
flock 9 # tests beside each other ask for the same pages
inputs=$(find web -path web/node_modules -prune -o -type f -print | LC_ALL=C sort | xargs cksum | cksum)
[ -f "$out.inputs" ] && [ "$(cat "$out.inputs")" = "$inputs" ] && [ -f "$out/index.html" ] && exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cd web
node node_modules/typescript/bin/tsc >"$log" 2>&1 || { cat "$log" >&2; echo "web: the console's types do not fit" >&2; exit 1; }
node node_modules/vite/bin/vite.js build --outDir "$out" --emptyOutDir --logLevel warn >"$log" 2>&1 || { cat "$log" >&2; echo "web: the console does not build" >&2; exit 1; }
echo "$inputs" >"$out.inputs"
