# walk.sh - doc/walk-stop-order.md is true: its files are written, its commands run in one shell, in the order of the page, and what they print is compared. A want line "..." stands for any lines, "..." within a
# line for anything. Only the folder and the two ports are others, so that tests can run beside each other.
. "$SOURCE_DIR/tests/e2e/lib.sh"
trap '[ ! -s script.pids ] || while read -r p; do kill -9 "$p" 2>/dev/null || true; done <script.pids; rm -rf "$work"' EXIT
unset DUANKA_KEY_FILE
mkdir bin
ln -s "$DUANKA" bin/duanka
PATH=$work/bin:$PATH
export PATH
cp -R "$policy" policy
port=$((20000 + $$ % 6000 * 2)) # below those that the system gives to port 0
sed "s/127.0.0.1:8460/127.0.0.1:$port/g; s/127.0.0.1:8511/127.0.0.1:$((port + 1))/g; s#/srv/walk#$work#g" "$SOURCE_DIR/doc/walk-stop-order.md" >page

# as: ./files, and ./script with a command and a comparison for each prompt
cat >script <<'S'
set -u
compare() { # compare N LINE
	awk -v n="$1" '
		function fits(want, got, part, m, i, at) {
			m = split(want, part, /\.\.\./)
			if (substr(got, 1, length(part[1])) != part[1]) return 0
			got = substr(got, length(part[1]) + 1)
			for (i = 2; i <= m; i++) {
				at = i == m ? length(got) - length(part[i]) + 1 : index(got, part[i])
				if (at < 1 || substr(got, at, length(part[i])) != part[i]) return 0
				got = substr(got, at + length(part[i]))
			}
			return got == ""
		}
		FILENAME == ARGV[1] { want[++k] = $0; next }
		BEGIN { at = 1 }
		{ while (at <= k && want[at] == "...") { skip = 1; at++ } }
		at <= k && fits(want[at], $0) { at++; skip = 0; next }
		!skip { wrong = 1; exit }
		END { while (at <= k && want[at] == "...") at++; exit wrong || at <= k }' "want.$1" "got.$1" && return
	echo "doc/walk-stop-order.md:$2: prints" >&2
	cat "got.$1" >&2
	exit 1
}
S
awk '
	/^```/ && !inside { inside = 1; kind = $1; file = $2; next }
	/^```/ { inside = 0; next }
	!inside { next }
	kind == "```toml" { print > file; next }
	kind == "```console" && /^\$ / {
		n++; print "# line " NR >> "script"
		command = substr($0, 3)
		back = command ~ /&$/
		plain = command ~ /^(umask|export|[a-z]+=|[a-z]+\(\))/ # what must happen in this shell and prints nothing
		printf "" > ("want." n); close("want." n)
		if (back) printf "%s\necho $! >>script.pids\n: >got.%d\n", command, n >> "script"
		else if (plain) printf "%s || exit 1\n: >got.%d\n", command, n >> "script"
		else printf "{ %s\n} >got.%d 2>got.%d.err || { cat got.%d got.%d.err >&2; echo line %d >&2; exit 1; }\n", command, n, n, n, n, NR >> "script"
		printf "compare %d %d\n", n, NR >> "script"; next }
	kind == "```console" { print >> ("want." n) }
	END { print n + 0 > "commands" }' page
[ "$(cat commands)" -gt 20 ] || fail "only $(cat commands) commands on the page"
timeout 120 sh script || { tail -n 5 service.log bank.log >&2; fail "the page is not true"; }
echo "walk: $(cat commands) commands"
