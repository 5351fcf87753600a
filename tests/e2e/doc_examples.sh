# doc_examples.sh - every example of the language manual loads, or fails where it says so.
. "$SOURCE_DIR/tests/e2e/lib.sh"
awk '
	/^```duanka/ { n++; file = sprintf("%02d.%s", n, $2 == "error" ? "wrong" : "right"); on = 1; next }
	/^```/ { on = 0 }
	on { print > file }
' "$SOURCE_DIR/doc/policy-language.md"
[ "$(ls ./*.right | wc -l)" -ge 8 ] || fail "hardly any examples"
for example in ./*.right ./*.wrong; do
	rm -rf p
	mkdir -p p/lists
	printf 'value,until,note\n' >p/lists/known-callers.csv
	grep -q '^entity' "$example" || cp "$policy/00-schema.dk" p/
	cp "$example" p/x.dk
	case $example in
	*.right)
		expect 0 "$DUANKA" policy check p
		if grep -q '^test' "$example"; then expect 0 "$DUANKA" policy test p; fi
		;;
	*) expect 1 "$DUANKA" policy check p ;;
	esac
done
