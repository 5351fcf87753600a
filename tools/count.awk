# Sums Meson's testlog.json (one object a line): "passed failed". A cmocka program counts as its tests, any other as one.
# A program that failed outside its tests (crash, leak, time out) adds one failure.
function number(what,    at, rest) {
	at = index($0, what)
	if (!at)
		return 0
	rest = substr($0, at + length(what))
	return rest + 0
}
{
	good = ($0 ~ /"result": "(OK|EXPECTEDFAIL)"/)
	skipped = ($0 ~ /"result": "SKIP"/)
	p = number("[  PASSED  ] ")
	f = match($0, /\[  FAILED  \] [0-9]+ test/) ? substr($0, RSTART + 13) + 0 : 0
	if (skipped)
		next
	if (good && p == 0)
		p = 1
	if (good)
		f = 0
	else if (f == 0)
		f = 1
	passed += p
	failed += f
}
END { print passed + 0, NR ? failed + 0 : 1 }
