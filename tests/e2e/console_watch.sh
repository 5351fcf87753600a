# console_watch.sh - alerts, explanations, entities and money trails in the console, in a real browser: see tests/console/watch.mjs. Pictures of the pages are in BUILD_DIR/screenshots.
. "$SOURCE_DIR/tests/e2e/lib.sh"
unset DUANKA_KEY_FILE # the service has a key of its own
CONSOLE_DIR=${CONSOLE_DIR:-$BUILD_DIR/../build/console}
export CONSOLE_DIR
sh "$SOURCE_DIR/tools/web.sh" "$CONSOLE_DIR"
node "$SOURCE_DIR/tests/console/watch.mjs"
