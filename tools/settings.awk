# The tables of doc/settings.md from what `duanka serve --settings` shows: awk -f tools/settings.awk. tests/e2e/settings.sh holds the two together.
# A setting is four lines there: meaning in English, in Chinese, "names; range; reload or restart", and name = default behind a #.
BEGIN {
	print "| setting | default | takes | option | change | meaning |"
	print "|---|---|---|---|---|---|"
}
/^#?\[/ {
	table = $0
	gsub(/[#\[\]]/, "", table)
	if (table ~ /^tenant/) {
		table = "tenant.NAME"
		print ""
		print "| in [tenant.NAME] | default | takes | meaning |"
		print "|---|---|---|---|"
	}
	n = 0
	next
}
/^# / {
	said[++n] = substr($0, 3)
	next
}
/^#[a-z_]+ = / {
	name = substr($0, 2, index($0, " = ") - 2)
	value = substr($0, index($0, " = ") + 3)
	meaning = said[n - 2] "<br>" said[n - 1]
	gsub(/"[^"]*"/, "`&`", said[n])
	if (table == "tenant.NAME") {
		range = said[n]
		printf "| `%s` | %s | %s | %s |\n", name, name == "number" ? "none" : "`" value "`", range, meaning
	} else {
		parts = split(said[n], part, "; ")
		option = part[2] ~ /^--/ ? "`" part[2] "`" : ""
		printf "| `%s.%s` | `%s` | %s | %s | %s | %s |\n", table, name, value, part[parts - 1], option, part[parts], meaning
	}
}
!/^# / { n = 0 }
