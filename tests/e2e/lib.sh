# lib.sh - what every script here begins with: a folder of its own, a fixed key, and checks that say what failed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
(umask 077 && printf '0123456789abcdef' >key)
DUANKA_KEY_FILE=$work/key
LC_ALL=C.UTF-8
export DUANKA_KEY_FILE LC_ALL
unset DUANKA_TEST_SEED DUANKA_TEST_PERCENT # of other tests; the service takes DUANKA_ names for settings
policy=$SOURCE_DIR/policy

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# expect STATUS COMMAND...: output in ./out, errors in ./err
expect() {
	want=$1
	shift
	got=0
	"$@" >out 2>err || got=$?
	[ "$got" = "$want" ] || {
		cat out err >&2
		fail "exit status $got instead of $want: $*"
	}
}

says() { # says FILE TEXT
	grep -qF -- "$2" "$1" || {
		cat "$1" >&2
		fail "does not say: $2"
	}
}

one_line() { # one_line FILE: a message of exactly one line
	[ "$(wc -l <"$1")" = 1 ] || {
		cat "$1" >&2
		fail "not one line"
	}
}

count() { # count FILE WORD: the number before a word of the summary
	sed -n "s/^ *\([0-9,]*\)  $2\$/\1/p" "$1" | tr -d , | head -n 1
}

adds_up() { # adds_up SUMMARY
	read_n=$(count "$1" "records read")
	accepted_n=$(count "$1" accepted)
	quarantined_n=$(count "$1" quarantined)
	skipped_n=$(count "$1" "skipped by mapping")
	[ "$read_n" = $((accepted_n + quarantined_n + ${skipped_n:-0})) ] || fail "counts do not add up in $1"
}
