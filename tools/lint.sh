#!/bin/sh
# lint.sh [--quick]: the form of the sources (clang-format), the arrows between folders, banned calls, sizes with their
# ratchet, headers that stand alone, and a build with -Wall -Wextra -Werror in build-check (not with --quick).
set -u
cd "$(dirname "$0")/.." || exit 1
quick=no
[ "${1:-}" = --quick ] && quick=yes
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

find src tests bench tools -name node_modules -prune -o -name '*.[ch]' -print 2>/dev/null | sort >"$work/files"

xargs clang-format-14 --style=file --dry-run -Werror <"$work/files" 2>"$work/form" || {
	grep -E '^[a-z][^ ]*:[0-9]+:[0-9]+: error:' "$work/form" | sort -u -t: -k1,1 | sed 's/error:.*/not formatted (and maybe more below): make format/'
	[ -s "$work/form" ] || echo "lint: clang-format-14 did not run"
	status=1
}

xargs awk -f tools/lint.awk <"$work/files" >"$work/found" || status=1
awk -f tools/ratchet.awk tools/lint-ratchet.txt "$work/found" >"$work/rules"
if [ -s "$work/rules" ]; then
	cat "$work/rules"
	status=1
fi

# A header that needs another one included before it breaks the next person's file.
alone() {
	grep -E '^src/.*\.h$' "$work/files" |
		xargs -r -n 1 -P 2 "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -Isrc -fsyntax-only -Wall -Wextra -Werror -x c
}
alone || status=1

if [ "$quick" = no ]; then
	sh tools/build.sh build-check -Dwerror=true || {
		echo "lint: the build with -Wall -Wextra -Werror failed"
		status=1
	}
fi

if [ "$status" = 0 ]; then
	echo "lint: $(wc -l <"$work/files") files, no complaint"
fi
exit "$status"
