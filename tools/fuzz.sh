#!/bin/sh
# Runs every libFuzzer target for FUZZ_SECONDS (20) each, from the seeds in tests/fuzz/corpus/NAME. What it finds stays
# in build-fuzz/corpus/NAME; a crash is written to build-fuzz/crashes and ends the run.
set -eu
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-20}
CC=clang-14 sh tools/build.sh build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
	-Dchecks=true
mkdir -p build-fuzz/crashes
ran=0
for target in build-fuzz/tests/fuzz_*; do
	[ -f "$target" ] && [ -x "$target" ] || continue
	name=${target##*/fuzz_}
	found=build-fuzz/corpus/$name
	seeds=tests/fuzz/corpus/$name
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	echo "fuzz: $name for $seconds s"
	log=build-fuzz/fuzz_$name.log
	if ! LSAN_OPTIONS=suppressions=$PWD/tools/asan-leaks.txt:print_suppressions=0 ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		"$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=build-fuzz/crashes/"$name"- "$found" ${seeds:+"$seeds"} >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		echo "fuzz: $name failed" >&2
		exit 1
	fi
	awk '/stat::number_of_executed_units/ { n = $2 } END { printf "fuzz: %d inputs, no failure\n", n }' "$log"
	ran=$((ran + 1))
done
[ "$ran" -gt 0 ] || echo "fuzz: no targets yet"
