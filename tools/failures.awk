# Names what failed in Meson's testlog.json (one object a line), each with the last lines that it wrote: errors first,
# where there are any. Characters that are written as \uXXXX stay as they are.
function text(what,    at, rest, out, c, n) {
	at = index($0, "\"" what "\": \"")
	if (!at)
		return ""
	rest = substr($0, at + length(what) + 5)
	out = ""
	while ((n = match(rest, /["\\]/)) > 0) {
		out = out substr(rest, 1, n - 1)
		if (substr(rest, n, 1) == "\"")
			break
		c = substr(rest, n + 1, 1)
		out = out (c == "n" ? "\n" : c == "t" ? "\t" : c == "u" ? "\\u" : c)
		rest = substr(rest, n + 2)
	}
	return out
}
function tail(of, most,    lines, n, i) {
	n = split(of, lines, "\n")
	for (i = n > most ? n - most + 1 : 1; i <= n; i++)
		if (lines[i] != "")
			print "     " substr(lines[i], 1, 240)
}
$0 !~ /"result": "(OK|EXPECTEDFAIL|SKIP)"/ {
	print "** failed: " text("name") " (" text("result") ")"
	tail(text("stdout"), 8)
	tail(text("stderr"), 8)
}
