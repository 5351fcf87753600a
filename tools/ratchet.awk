# Compares lint.awk's SIZE lines (second file) with the ratchet (first file).
FILENAME == ARGV[1] {
	if ($0 !~ /^#/ && NF == 3)
		allowed[$1 " " $2] = $3
	next
}
$1 == "SIZE" {
	key = $2 " " $3
	limit = $2 == "file" ? 600 : 70
	seen[key] = 1
	if (!(key in allowed))
		print $3 ": this " $2 " has " $4 " lines, at most " limit " are allowed: split it"
	else if ($4 > allowed[key])
		print $3 ": this " $2 " grew from " allowed[key] " to " $4 " lines: split it"
	else if ($4 < allowed[key])
		print $3 ": this " $2 " shrank to " $4 " lines, well done: say so in tools/lint-ratchet.txt"
	next
}
{ print }
END {
	for (key in allowed)
		if (!(key in seen))
			print "tools/lint-ratchet.txt: the entry \"" key "\" is no longer needed: remove it"
}
