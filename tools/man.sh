#!/bin/sh
# man.sh DIR: doc/*.N.scd into DIR/man.
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$1/man"
for page in doc/*.[1-8].scd; do
	[ -f "$page" ] || continue
	out=$1/man/$(basename "$page" .scd)
	scdoc <"$page" >"$out.tmp" || {
		rm -f "$out.tmp"
		echo "man: $page is not valid scdoc" >&2
		exit 1
	}
	mv "$out.tmp" "$out"
done
