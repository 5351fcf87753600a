#!/bin/sh
# Everything that must hold before a change is merged: lint, both builds, all tests, the tests again under sanitizers.
# Goes on after a failure, so that one run shows all of them; the last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0
failed=0
ended=
broken=

# step NAME COMMAND...: a step that counts as one test.
step() {
	echo "== $1"
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		return 0
	fi
	failed=$((failed + 1))
	broken="$broken $name"
	echo "** failed: $*"
	return 1
}

# count DIR: adds what Meson recorded there, by the tests within each program where it says how many there were.
count() {
	# shellcheck disable=SC2046 # two numbers are meant
	set -- $(awk -f tools/count.awk "$1/meson-logs/testlog.json" 2>/dev/null || echo 0 1)
	passed=$((passed + ${1:-0}))
	failed=$((failed + ${2:-1}))
	echo "   $1 passed, $2 failed"
}

# run DIR COMMAND...: a test run whose programs are counted singly.
run() {
	dir=$1
	shift
	rm -f "$dir/meson-logs/testlog.json"
	"$@"
	count "$dir"
	ended="$ended $dir"
}

step lint sh tools/lint.sh
step console sh tools/web.sh
if step build sh tools/build.sh build-check -Dwerror=true; then
	echo "== tests"
	run build-check meson test -C build-check --no-rebuild --print-errorlogs
fi
echo "== tests under AddressSanitizer and UndefinedBehaviorSanitizer"
run build-asan sh tools/asan.sh

# What failed is told once more at the end, where one looks first.
for part in $broken; do
	echo "** failed: $part"
done
for dir in $ended; do
	awk -f tools/failures.awk "$dir/meson-logs/testlog.json" 2>/dev/null
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
