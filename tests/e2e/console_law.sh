# console_law.sh - the ledger, administration and one's own account in a real browser: see tests/console/law.mjs.
. "$SOURCE_DIR/tests/e2e/lib.sh"
sh "$SOURCE_DIR/tools/web.sh" "$BUILD_DIR/../build/console"
CONSOLE_DIR="$BUILD_DIR/../build/console" node "$SOURCE_DIR/tests/console/law.mjs"
