# console_security.sh - what the console keeps out, in a real browser: see tests/console/security.mjs.
. "$SOURCE_DIR/tests/e2e/lib.sh"
sh "$SOURCE_DIR/tools/web.sh" "$BUILD_DIR/../build/console"
CONSOLE_DIR="$BUILD_DIR/../build/console" node "$SOURCE_DIR/tests/console/security.mjs"
