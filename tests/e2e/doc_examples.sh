#!/bin/sh
# The examples of the documents are true: each is run as it is printed.
#
# A fenced block says in its first line what it is:
#   duanka          a part of a policy: checked together with policy/00-schema.dk, its tests are run
#   duanka alone    a whole policy, checked by itself
#   duanka error    must be refused; a "text" block right after it is the message, word for word
#   duanka NAME.dk  checked like the first kind, and stays as mine/NAME.dk for the commands that come after it
#   console         "$ command" lines are run; the lines below each must stand in its output in that order,
#                   where a line "..." stands for any others. Only duanka, mkdir, cp, head and grep are commands.
# Blocks of other kinds are not looked at.
SOURCE_DIR=${SOURCE_DIR:-$(cd "$(dirname "$0")/../.." && pwd)}
: "${DUANKA:=$SOURCE_DIR/build/src/app/duanka}" "${SAMPLE_DAY:=$SOURCE_DIR/build/src/app/duanka-sample-day}"
. "$SOURCE_DIR/tests/e2e/lib.sh"
set +e # every example is tried
[ $# -gt 0 ] || set -- doc/policy-language.md doc/formats.md README.md README.zh-CN.md
passed=0
failed=0

mkdir -p "$work/bin" "$work/blocks"
ln -s "$DUANKA" "$work/bin/duanka"
PATH=$work/bin:$PATH
export PATH

# split FILE: its fenced blocks as blocks/NNN.kind (line number and info words) and blocks/NNN.text.
split() {
	rm -f "$work/blocks"/*
	awk -v dir="$work/blocks" '
		/^```/ && !inside { inside = 1; n++; name = sprintf("%s/%03d", dir, n); close(name ".text")
			print NR, substr($0, 4) > (name ".kind"); close(name ".kind"); printf "" > (name ".text"); next }
		/^```/ { inside = 0; next }
		inside { print > (name ".text") }
	' "$1"
}

verdict() { # verdict STATUS WHERE WHAT
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s: %s\n' "$2" "$3"
		[ ! -s "$work/out" ] || sed 's/^/    /' "$work/out" | head -n 40
	fi
}

# policy BLOCK SCHEMA NAME: the block as $work/try/mine/NAME, with the schema and the lists if SCHEMA is yes.
policy() {
	rm -rf "$work/try"
	mkdir -p "$work/try/mine"
	[ "$2" = no ] || cp "$SOURCE_DIR/policy/00-schema.dk" "$work/try/mine/"
	cp -R "$SOURCE_DIR/policy/lists" "$work/try/mine/"
	cp "$1" "$work/try/mine/$3"
}

good() { # good BLOCK SCHEMA WHERE
	policy "$1" "$2" first.dk
	(cd "$work/try" && duanka policy check mine) >"$work/out" 2>&1
	verdict $? "$3" "this policy is refused"
	grep -q '^test "' "$1" || return 0
	(cd "$work/try" && duanka policy test mine) >"$work/out" 2>&1
	verdict $? "$3" "a test in this block fails"
}

bad() { # bad BLOCK EXPECTED WHERE
	policy "$1" yes first.dk
	(cd "$work/try" && duanka policy check mine) >"$work/out" 2>&1
	[ $? = 1 ]
	verdict $? "$3" "this policy should be refused"
	[ -z "$2" ] || {
		cmp -s "$2" "$work/out"
		verdict $? "$3" "the message is another one"
	}
}

# console BLOCK WHERE: in $work/desk, where mine/ and build/demo/ are.
console() {
	awk -v dir="$work" '/^\$ / { n++; close(w); w = dir "/want." n; c = dir "/command." n
			print substr($0, 3) > c; close(c); printf "" > w; next }
		n { print > w }
		END { print n + 0 > (dir "/commands") }' "$1"
	i=1
	while [ "$i" -le "$(cat "$work/commands")" ]; do
		command=$(cat "$work/command.$i")
		case $command in
		duanka\ * | mkdir\ * | cp\ * | head\ * | grep\ *) ;;
		*) command="echo 'not a command for examples'; false" ;;
		esac
		(cd "$work/desk" && eval "$command") >"$work/out" 2>&1 </dev/null
		awk 'FILENAME == ARGV[1] { want[++n] = $0; next }
			BEGIN { at = 1 }
			function trim(s) { sub(/ +$/, "", s); return s }
			{ while (at <= n && want[at] == "...") { skip = 1; at++ } }
			at <= n && trim($0) == trim(want[at]) { at++; skip = 0; next }
			!skip { wrong = 1; exit }
			END { while (at <= n && want[at] == "...") at++; exit wrong || at <= n }' "$work/want.$i" "$work/out"
		verdict $? "$2" "\$ $(cat "$work/command.$i")"
		i=$((i + 1))
	done
}

for doc in "$@"; do
	[ -f "$SOURCE_DIR/$doc" ] || continue
	split "$SOURCE_DIR/$doc"
	rm -rf "$work/desk"
	mkdir -p "$work/desk/build"
	cp -R "$SOURCE_DIR/policy" "$work/desk/"
	ln -s "$work/day" "$work/desk/build/demo"
	[ -d "$work/day" ] || "$SAMPLE_DAY" -o "$work/day" >/dev/null 2>&1
	for kind in "$work/blocks"/*.kind; do
		[ -f "$kind" ] || continue
		block=${kind%.kind}.text
		read -r line word more <"$kind"
		where=$doc:$line
		case "$word $more" in
		"duanka ") good "$block" yes "$where" ;;
		"duanka alone") good "$block" no "$where" ;;
		"duanka error")
			next=$(printf '%s/%03d' "$work/blocks" $(($(basename "${kind%.kind}" | sed 's/^0*//') + 1)))
			expected=
			if [ -f "$next.kind" ] && [ "$(cut -d' ' -f2 "$next.kind")" = text ]; then
				expected=$next.text
			fi
			bad "$block" "$expected" "$where" ;;
		"duanka "*.dk)
			good "$block" yes "$where"
			cp "$block" "$work/desk/mine/$more" ;;
		"console ") console "$block" "$where" ;;
		esac
	done
done

echo "doc_examples: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
