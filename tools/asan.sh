#!/bin/sh
# Builds with clang, AddressSanitizer and UndefinedBehaviorSanitizer in build-asan and runs the tests there. Random tests
# run a part of their cases (DUANKA_TEST_PERCENT): the plain build runs them all.
set -eu
cd "$(dirname "$0")/.."
CC=clang-14 sh tools/build.sh build-asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
	-Dchecks=true -Dwerror=true
ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1:strict_string_checks=1
UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
LSAN_OPTIONS=suppressions=$PWD/tools/asan-leaks.txt:print_suppressions=0
ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-14 || true)
DUANKA_TEST_PERCENT=${DUANKA_TEST_PERCENT:-10}
export LSAN_OPTIONS ASAN_OPTIONS UBSAN_OPTIONS ASAN_SYMBOLIZER_PATH DUANKA_TEST_PERCENT
exec meson test -C build-asan --no-rebuild --print-errorlogs --timeout-multiplier 5
