#!/bin/sh
# build.sh DIR [meson options]: configures DIR if it is new and builds it; quiet unless something goes wrong.
set -eu
cd "$(dirname "$0")/.."
dir=$1
shift

if [ ! -f "$dir/build.ninja" ]; then
	rm -rf "$dir"
	log=$(mktemp)
	meson setup "$dir" "$@" >"$log" 2>&1 || {
		cat "$log" >&2
		rm -f "$log"
		exit 1
	}
	rm -f "$log"
fi
exec ninja -C "$dir" --quiet
