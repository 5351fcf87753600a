#!/bin/sh
# Plants one violation after the other in a copy of the sources: lint must pass without and fail with each.
set -u
cd "${SOURCE_DIR:-$(dirname "$0")/../..}" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src" "$work/tests" "$work/bench" "$work/tools"
cp -R src/base "$work/src/"
cp .clang-format "$work/"
cp tools/*.awk tools/*.sh "$work/tools/"
printf '# no exceptions here\n' >"$work/tools/lint-ratchet.txt"
passed=0
failed=0

# expect pass|WORDS NAME: runs lint in the copy; for WORDS it must fail and its output must contain them.
expect() {
	out=$(sh "$work/tools/lint.sh" --quick 2>&1)
	status=$?
	if [ "$1" = pass ]; then
		[ "$status" = 0 ]
	else
		[ "$status" != 0 ] && printf '%s\n' "$out" | grep -qF -- "$1"
	fi
	if [ $? = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s (wanted: %s, status %s)\n%s\n' "$2" "$1" "$status" "$out"
	fi
}

# plant PATH WORDS NAME: the file's text comes on standard input, after an opening comment; removed afterwards.
plant() {
	mkdir -p "$work/$(dirname "$1")"
	{
		[ "$3" = essay ] || echo '/* planted */'
		cat
	} >"$work/$1"
	expect "$2" "$3"
	rm -f "$work/$1"
}

lines() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) print "\tx += " i ";" }'
}

expect pass 'the sources as they are'
echo 'int  x;' | plant src/base/z.c 'not formatted' format
echo '#include "event/event.h"' | plant src/base/z.c 'must not include "event/event.h"' 'arrow base to event'
echo '#include "engine/ring.h"' | plant src/policy/z.c 'must not include "engine/ring.h"' 'arrow policy to engine'
echo '#include "policy/plan.h"' | plant src/sim/z.c 'must not include "policy/plan.h"' 'arrow sim to policy'
echo '#include <time.h>' | plant src/engine/z.c 'must not include <time.h>' 'time in the core'
echo '#include <sys/mman.h>' | plant src/event/z.c 'must not include <sys/mman.h>' 'system header in the core'
echo '#include <unistd.h>' | plant src/event/source_file.c pass 'system header in a source'
echo '#include "base/file.h"' | plant src/policy/z.c 'must not include "base/file.h"' 'files in the core'
echo '#include "../base/buf.h"' | plant src/event/z.c 'without ..' 'include by ..'
echo 'FILE *f;' | plant src/engine/z.c 'FILE is banned' 'FILE in the core'
printf 'void f(void)\n{\n\tprintf("x");\n}\n' | plant src/policy/z.c 'printf is banned' 'output in the core'
for call in 'strcpy(a, b)' 'strcat(a, b)' 'sprintf(a, b)' 'gets(a)' 'strtok(a, b)' 'atoi(a)' 'rand()' 'time(NULL)' \
	'gmtime(a)' 'localtime(a)' 'system(a)' 'alloca(a)' 'malloc(a)' 'calloc(a, b)' 'realloc(a, b)' 'free(a)'; do
	printf 'void f(void)\n{\n\t%s;\n}\n' "$call" | plant src/base/z.c "${call%%(*}() is banned" "$call"
done
printf 'void f(struct x *x)\n{\n\tx->free(1); /* free(1) */ g("free(1)"); // free(1)\n}\n' |
	plant src/base/z.c pass 'words that are no calls'
{ printf 'void f(int x)\n{\n'; lines 68; printf '}\n'; } | plant src/base/z.c 'src/base/z.c:f: this function has 71' 'long function'
{ printf 'void f(int x)\n{\n'; lines 67; printf '}\n'; } | plant src/base/z.c pass 'function of 70 lines'
awk 'BEGIN { for (i = 1; i <= 600; i++) print "int a" i ";" }' | plant src/base/z.c 'this file has 601 lines' 'long file'
echo 'function src/base/z.c:f 72' >>"$work/tools/lint-ratchet.txt"
{ printf 'void f(int x)\n{\n'; lines 69; printf '}\n'; } | plant src/base/z.c pass 'exception in the ratchet'
{ printf 'void f(int x)\n{\n'; lines 70; printf '}\n'; } | plant src/base/z.c 'grew from 72 to 73' 'exception that grew'
{ printf 'void f(int x)\n{\n'; lines 68; printf '}\n'; } | plant src/base/z.c 'shrank to 71' 'exception that shrank'
expect 'no longer needed' 'exception without need'
printf '# no exceptions here\n' >"$work/tools/lint-ratchet.txt"
echo 'int x;' | plant src/base/z.c 'must open with a comment' essay
echo 'struct text z_of(int a);' | plant src/base/z.h 'z.h' 'header that does not stand alone'
printf 'static inline int z_of(unsigned a, int b)\n{\n\treturn a < b;\n}\n' | plant src/base/z.h 'sign-compare' 'warning'

echo "lint: $passed passed, $failed failed"
[ "$failed" = 0 ]
