# soak.sh - memory stays flat under requests: the short form of bench/soak.sh, which counts blocks of memory, and reads what the system counts.
. "$SOURCE_DIR/tests/e2e/lib.sh"
expect 0 sh "$SOURCE_DIR/bench/soak.sh" "$BUILD_DIR" short
says out "blocks, after the first"
