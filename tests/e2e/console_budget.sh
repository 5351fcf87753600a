# console_budget.sh - what a browser gets before somebody can begin, and 100,000 rows behind a table: see tests/console/budget.mjs.
. "$SOURCE_DIR/tests/e2e/lib.sh"
sh "$SOURCE_DIR/tools/web.sh" "$BUILD_DIR/../build/console"
CONSOLE_DIR="$BUILD_DIR/../build/console" node "$SOURCE_DIR/tests/console/budget.mjs"
