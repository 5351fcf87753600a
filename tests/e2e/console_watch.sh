# console_watch.sh - alerts, explanations, entities and money trails as analysts and stop seats work on them, in a real browser: see tests/console/watch.mjs. Pictures are in BUILD_DIR/screenshots.
. "$SOURCE_DIR/tests/e2e/lib.sh"
sh "$SOURCE_DIR/tools/web.sh"
CONSOLE_DIR=$SOURCE_DIR/build/console
export CONSOLE_DIR
unset DUANKA_KEY_FILE # the city has a key of its own
node "$SOURCE_DIR/tests/console/watch.mjs"
