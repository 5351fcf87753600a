# console_wall.sh - the wall and the figures' page in a real browser: see tests/console/wall.mjs. Pictures are in BUILD_DIR/screenshots.
. "$SOURCE_DIR/tests/e2e/lib.sh"
CONSOLE_DIR=$(dirname "$BUILD_DIR")/build/console
export CONSOLE_DIR
sh "$SOURCE_DIR/tools/web.sh" "$CONSOLE_DIR"
node "$SOURCE_DIR/tests/console/wall.mjs"
