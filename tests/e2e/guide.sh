# guide.sh - the user guide holds together: a page for each role in both languages, with the same steps and pictures, of pages and people that there are. `make guide` takes the pictures.
. "$SOURCE_DIR/tests/e2e/lib.sh"
node "$SOURCE_DIR/tests/console/guide.mjs" --check
