# problem_titles.sh - every title of a problem that is English only has a Chinese one, and the table of those is sorted as its search needs.
. "$SOURCE_DIR/tests/e2e/lib.sh"
cat "$SOURCE_DIR"/src/gateway/*.c | tr '\n\t' '  ' | sed 's/  */ /g' |
	grep -oE '(answer_problem|answer_problem_with|job_fail)\([^;]*;' | grep -oE '"[a-z][a-z-]+", "[A-Z][^"]*"' | sed 's/^"[a-z-]*", "\(.*\)"$/\1/' | LC_ALL=C sort -u >said
tr '\n\t' '  ' <"$SOURCE_DIR/src/gateway/problem_zh.c" | sed 's/  */ /g' | grep -oE '\{ "[^"]*", "[^"]*" \}' | sed 's/^{ "\([^"]*\)".*/\1/' >known
[ "$(wc -l <said)" -gt 100 ] || fail "the titles were not found: $(wc -l <said)"
LC_ALL=C sort -cu known || fail "the table is not sorted"
LC_ALL=C grep -v '[^ -~]' said | LC_ALL=C comm -23 - known >without
[ ! -s without ] || fail "without Chinese: $(cat without)"
