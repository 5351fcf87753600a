# problems_zh.sh - every title and detail of a problem that is a literal in English has its Chinese, and the tables have
# no others. tools/problems.awk follows the literals; one word alone is a name (TxCode) and stays, and so does what has
# both languages in one.
. "$SOURCE_DIR/tests/e2e/lib.sh"
src=$SOURCE_DIR/src
awk -f "$SOURCE_DIR/tools/problems.awk" "$src"/base/*.c "$src"/event/*.c "$src"/match/*.c "$src"/store/*.c "$src"/outreach/*.c "$src"/desk/*.c "$src"/gateway/*.c >found

# known FILE: the English of a table, a line each
known() {
	tr '\n\t' '  ' <"$1" | sed 's/  */ /g' | grep -oE '\{ "([^"\\]|\\.)*", "([^"\\]|\\.)*" \}' | sed -E 's/^\{ "(([^"\\]|\\.)*)", ".*/\1/' | LC_ALL=C sort -u
}

# compare WHAT LEAST FILE
compare() {
	awk -F '\t' -v what="$1" '$1 == what { print $2 }' found | LC_ALL=C sort -u >said
	[ "$(wc -l <said)" -gt "$2" ] || fail "the ${1}s were not found: $(wc -l <said)"
	known "$src/gateway/$3" >known
	LC_ALL=C grep -v '[^ -~]' said | grep ' ' | LC_ALL=C comm -23 - known >without
	[ ! -s without ] || fail "${1}s without Chinese in src/gateway/$3:
$(awk -F '\t' -v what="$1" 'NR == FNR { without[$0]; next } $1 == what && $2 in without { print $3 ": " $2 }' without found)"
	LC_ALL=C comm -13 said known >unsaid
	[ ! -s unsaid ] || fail "nobody says this any more, remove it from src/gateway/$3: $(cat unsaid)"
}
compare title 150 problem_zh.c
compare detail 350 problem_zh_details.c
