#!/bin/sh
# build.sh DIR [meson options]: configures DIR if it is new and builds it; quiet unless something goes wrong.
set -eu
cd "$(dirname "$0")/.."
dir=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT

quietly() {
	"$@" >"$log" 2>&1 || {
		cat "$log" >&2
		exit 1
	}
}

if [ ! -f "$dir/build.ninja" ]; then
	rm -rf "$dir"
	quietly meson setup "$dir" "$@"
fi
quietly ninja -C "$dir" build.ninja # configures again when a meson.build has changed
quietly ninja -C "$dir" --quiet
grep -v -e "no work to do" -e "Entering directory" "$log" || true # warnings
