# errors.sh - what cannot run says so in one line and exits with 1.
. "$SOURCE_DIR/tests/e2e/lib.sh"
printf 'time,caller,callee,talk\n2026-03-02 08:00:00,13800000001,13900000002,30\n' >calls.csv
d="$DUANKA detect -p $policy --no-progress --lang en --quarantine q"

could_not_run() {
	expect 1 "$@"
	one_line err
}
could_not_run $d missing.csv
says err missing.csv
could_not_run "$DUANKA" detect -p nowhere calls.csv
says err nowhere
could_not_run $d --no-such-option calls.csv
says err --no-such-option
could_not_run "$DUANKA" detect calls.csv
could_not_run $d
could_not_run $d --lateness soon calls.csv
could_not_run $d --batch 0 calls.csv
could_not_run $d --as map:missing.map calls.csv
could_not_run $d --as nonsense calls.csv
says err asterisk
could_not_run $d -o /dev/full calls.csv
says err "No space left"
could_not_run $d -o /no/such/folder/a.ndjson calls.csv
could_not_run "$DUANKA" nonsense
chmod 644 key
could_not_run $d calls.csv
says err "chmod 600"
chmod 600 key
printf short >bad_key && chmod 600 bad_key
could_not_run $d --key bad_key calls.csv
printf 'colour ,\n' >bad.map
expect 1 $d --as map:bad.map calls.csv
grep -q '^bad.map:1:' err || fail "a wrong mapping has no place"

mkdir p
cp "$policy/00-schema.dk" p/
printf 'rule r on call about caller when talk > 30 then alert red because "x"\n' >p/r.dk
expect 1 "$DUANKA" detect -p p calls.csv
grep -q '^p/r.dk:1:[0-9]*: error: .*; ' err || fail "a policy error has no place or no remedy"
expect 1 "$DUANKA" policy check p
printf 'list "l" of phone from "l.csv"\nrule r on call about caller when caller in list "l" then alert red because "x"\n' >p/r.dk
expect 1 "$DUANKA" detect -p p calls.csv
says err "l.csv"

# a first use makes a key, for the user alone
unset DUANKA_KEY_FILE
XDG_STATE_HOME=$work/state HOME=$work expect 0 "$DUANKA" policy check "$policy"
[ "$(stat -c %a state/duanka/token.key)" = 600 ] || fail "the new key can be read by others"
[ "$(stat -c %s state/duanka/token.key)" = 16 ] || fail "the new key has another size"
