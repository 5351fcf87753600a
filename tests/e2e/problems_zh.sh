# problems_zh.sh - every title and detail of a problem that is a literal in English has its Chinese, every format that
# puts one together has a pattern, and the tables have no others. tools/problems.awk follows the literals and formats; one
# word alone is a name (TxCode) and stays, so does a format without words ({}: {}), and so does what has both languages
# in one.
#
# Sources that are left out: mappings and tables of outlets are read by programs, not by the service; what is wrong with
# settings and the console's pages is told in English, as it is where the service starts; objects are proved by tests.
. "$SOURCE_DIR/tests/e2e/lib.sh"
src=$SOURCE_DIR/src
find "$src/base" "$src/event" "$src/match" "$src/store" "$src/outreach" "$src/desk" "$src/journal" "$src/shard" "$src/gateway" \
	-maxdepth 1 -name '*.c' ! -name mapping_parse.c ! -name outlet_lines.c ! -name config_read.c ! -name console.c ! -name sound.c \
	-exec awk -f "$SOURCE_DIR/tools/problems.awk" {} + >followed
# a format without conversions is a literal
awk -F '\t' -v OFS='\t' '$1 == "format" && !index($2, "{}") { $1 = "detail" } { print }' followed >found

# known FILE: the English of a table, a line each
known() {
	tr '\n\t' '  ' <"$1" | sed 's/  */ /g' | grep -oE '\{ "([^"\\]|\\.)*", "([^"\\]|\\.)*" \}' | sed -E 's/^\{ "(([^"\\]|\\.)*)", ".*/\1/' | LC_ALL=C sort -u
}

# worded: those with more than a name in them
worded() {
	awk '{ words = $0; gsub(/\{\}/, "", words) } words ~ / / && words ~ /[A-Za-z]/'
}

# compare WHAT LEAST FILE
compare() {
	awk -F '\t' -v what="$1" '$1 == what { print $2 }' found | LC_ALL=C sort -u >said
	[ "$(wc -l <said)" -gt "$2" ] || fail "the ${1}s were not found: $(wc -l <said)"
	known "$src/gateway/$3" >known
	LC_ALL=C grep -v '[^ -~]' said | worded | LC_ALL=C comm -23 - known >without
	[ ! -s without ] || fail "${1}s without Chinese in src/gateway/$3:
$(awk -F '\t' -v what="$1" 'NR == FNR { without[$0]; next } $1 == what && $2 in without { print $3 ": " $2 }' without found)"
	LC_ALL=C comm -13 said known >unsaid
	[ ! -s unsaid ] || fail "nobody says this any more, remove it from src/gateway/$3: $(cat unsaid)"
}
compare title 150 problem_zh.c
compare detail 350 problem_zh_details.c
compare format 30 problem_zh_patterns.c
