# interrupt.sh - an endless pipe is decided as it comes, and an interruption keeps what was found.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cp "$policy/00-schema.dk" p/
printf 'rule each on call about caller when talk >= 0s then alert blue because "{talk}"\n' >p/r.dk
mkfifo in alerts
"$DUANKA" detect -p p --no-progress --lang en -o alerts --quarantine q - <in >summary 2>err &
pid=$!
exec 3>in 4<alerts # both stay open: the input never ends by itself
printf 'time,caller,callee,talk\n' >&3
for i in 1 2 3 4 5; do
	printf '2026-03-02 08:00:0%d,13800000001,1390000000%d,30\n' $i $i >&3
done
# The alerts come without the input ending: read the header and four of them.
for i in 0 1 2 3 4; do
	IFS= read -r line <&4 || fail "no alert from an endless pipe"
done
kill -INT $pid
cat <&4 >rest &
exec 4<&-
got=0
wait $pid || got=$?
exec 3>&-
[ "$got" = 130 ] || {
	cat summary err >&2
	fail "interrupted: exit status $got instead of 130"
}
says summary "Interrupted"
[ "$(count summary accepted)" -ge 4 ] || fail "the summary lost what was accepted"
