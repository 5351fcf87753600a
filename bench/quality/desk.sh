#!/bin/sh
# desk.sh BUILD: days of the desk on several seeds, with and without it, as a Markdown table with the spread on standard output. The figures are of a made-up city under made-up
# habits (doc/desk-day.md): they show what a change of ours does to the whole, not what a desk saves. SEEDS, PEOPLE, DAYS, CRIME (per cent of the scenario file's
# rates), DIFFICULTY and DESK (more options of `duanka simulate desk`) may come from the environment. A day of 20,000 people takes about ten seconds of processor time.
set -eu
duanka=$(cd "$1" && pwd)/src/app/duanka
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
echo "${PEOPLE:-20000} people, ${DAYS:-1} day(s), crime ${CRIME:-5000} %, ${DIFFICULTY:-medium}, seats and habits ${DESK:-as usual}, $(date -u +%Y-%m-%d)"
echo
for seed in ${SEEDS:-11 12 13 14 15}; do
	# shellcheck disable=SC2086 # DESK is a list of options
	"$duanka" simulate desk --no-progress --json --policy policy --people "${PEOPLE:-20000}" --days "${DAYS:-1}" --seed "$seed" \
		--crime-rate "${CRIME:-5000}" --difficulty "${DIFFICULTY:-medium}" ${DESK:-} >"$dir/$seed.json"
done
# A figure is the last "name":number of its line; each is a line of its own here.
for seed in ${SEEDS:-11 12 13 14 15}; do
	tr '{,' '\n\n' <"$dir/$seed.json" | sed -n "s/^\"\([a-z_]*\)\":\([0-9]*\)}*\$/$seed \1 \2/p"
done >"$dir/all"
awk -v seeds="${SEEDS:-11 12 13 14 15}" '
	!(($1, $2) in v) { v[$1, $2] = $3 } # figures of the whole come before those of groups with the same name
	function share(s, a, b) { return v[s, b] ? 100 * v[s, a] / v[s, b] : -1 }
	function value(s, k) {
		if (k == "victims about to pay") return v[s, "cases"]
		if (k == "  lost nothing, %") return share(s, "spared", "cases")
		if (k == "money about to be lost, yuan") return v[s, "loss_without_fen"] / 100
		if (k == "  lost, %") return share(s, "loss_with_fen", "loss_without_fen")
		if (k == "  cashed out, % of without") return share(s, "cash_with_fen", "cash_without_fen")
		if (k == "criminal calls that did not come through, %") return share(s, "criminal_calls_stopped", "criminal_calls_without")
		if (k == "stop orders in force") return v[s, "stop_stopped"]
		if (k == "innocent cards and accounts looked at") return v[s, "cards_false"] + v[s, "accounts_false"]
		if (k == "innocent people with a measure") return v[s, "false_people"]
		if (k == "objections, granted") return v[s, "appeals_granted"]
		return v[s, "unsound"] + v[s, "refused"] + v[s, "unfit"]
	}
	END {
		n = split(seeds, seed, " ")
		m = split("victims about to pay|  lost nothing, %|money about to be lost, yuan|  lost, %|  cashed out, % of without|criminal calls that did not come through, %|stop orders in force|innocent cards and accounts looked at|innocent people with a measure|objections, granted|rules broken", row, "|")
		printf "| |"; for (i = 1; i <= n; i++) printf " seed %s |", seed[i]; print " mean | least - most |"
		printf "|---|"; for (i = 1; i <= n; i++) printf "--:|"; print "--:|--:|"
		for (k = 1; k <= m; k++) {
			sum = used = 0; printf "| %s |", row[k]
			for (i = 1; i <= n; i++) {
				x = value(seed[i], row[k])
				if (x < 0) { printf " - |"; continue }
				printf " %.0f |", x; sum += x; least = used == 0 || x < least ? x : least; most = used == 0 || x > most ? x : most; used++
			}
			if (used) printf " %.1f | %.0f - %.0f |\n", sum / used, least, most; else print " - | - |"
		}
	}' "$dir/all"
