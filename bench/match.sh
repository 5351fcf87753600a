#!/bin/sh
# match.sh BUILD [ITEMS]: private matching of ITEMS x ITEMS phones (100,000 unless told) by files, one thread, each step timed; half of them in common.
set -eu
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/match.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
n=${2:-100000}
duanka=$(cd "$1" && pwd)/src/app/duanka
cd "$dir"
list() { # list FROM
	awk -v from="$1" -v n="$n" 'BEGIN { print "value"; for (i = from; i < from + n; i++) printf "139%08d\n", i }'
}
list 0 >a.csv
list $((n / 2)) >b.csv
timed() { # what the shell says of its children before and after, in seconds
	what=$1
	shift
	times >before
	"$@" >out 2>err || { cat err >&2; exit 1; }
	times >after
	cat before after | awk -v what="$what" 'function s(t) { split(t, p, "m"); return p[1] * 60 + p[2] }
		NR % 2 == 0 { t[NR / 2] = s($1) + s($2) } END { printf "%-8s %7.2f s of processor time\n", what, t[2] - t[1] }'
}
echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), one thread"
echo "work:    $n x $n phones, half in common; both learn"
timed offer "$duanka" match offer a.csv --kind phone --purpose bench --basis bench --state a.state -o m1
timed answer "$duanka" match answer m1 b.csv --agree --state b.state -o m2
timed finish "$duanka" match finish m2 a.csv --state a.state -o m3 --result a.both
timed learn "$duanka" match finish m3 b.csv --state b.state --result b.both
cmp a.both b.both
[ "$(wc -l <a.both)" = $((n - n / 2 + 1)) ] || { echo "wrong intersection" >&2; exit 1; }
times >after
tail -n 1 after | awk 'function s(t) { split(t, p, "m"); return p[1] * 60 + p[2] } { printf "all      %7.2f s of processor time, lists and files included\n", s($1) + s($2) }'
echo "bytes:   $(wc -c <m1) offer, $(wc -c <m2) answer, $(wc -c <m3) finish"
