# policy.sh - check, explain, sql and test over the shipped rules, and tests that must fail.
. "$SOURCE_DIR/tests/e2e/lib.sh"
expect 0 "$DUANKA" policy check "$policy"
says out simbox_strict
rules=$(sed -n 's/^\([0-9]*\) rules, .*/\1/p' out)
aggregates=$(sed -n 's/^.* tests; \([0-9]*\) aggregates in .*/\1/p' out)
[ "$rules" -ge 25 ] && [ "$aggregates" -ge 40 ] || fail "the pack shrank: $rules rules, $aggregates aggregates"
expect 0 "$DUANKA" policy explain "$policy"
says out "PROGRAM call"
says out "bytes an event"
expect 0 "$DUANKA" policy sql "$policy"
says out "SELECT e.pos"
expect 0 "$DUANKA" policy test "$policy"
grep -q '^[0-9]* passed, 0 failed$' out || fail "no count of policy tests"
if grep -q '^FAIL' out; then fail "a policy test fails"; fi

mkdir p
cp "$policy/00-schema.dk" p/
cat >p/r.dk <<'EOF'
rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because "{count(call by caller over 1h)} calls"
test "two calls are not often" {
  call { caller: "13800000001", callee: "139000000{i:2}", talk: 5s } at 2026-03-02 09:00 repeat 2 every 1min
  expect often
}
test "three are" {
  call { caller: "13800000001", callee: "139000000{i:2}", talk: 5s } at 2026-03-02 09:00 repeat 3 every 1min
  expect often about "138 0000 0001" 1 times because "3 calls"
}
EOF
expect 1 "$DUANKA" policy test p
says out "1 passed, 1 failed"
says out "2 >= 3"
# A rule that is switched off is no error of the policy, but its tests say so.
sed -i 's/rule often/rule often off/' p/r.dk
expect 0 "$DUANKA" policy check p
expect 1 "$DUANKA" policy test p
says out "p/r.dk:8:3: rule often is off and never fires; make it live or shadow, or remove this line"
# A test has the entries that it names, whatever stands in the list's file; the file need not be there.
mkdir q
cp "$policy/00-schema.dk" q/
cat >q/r.dk <<'EOF'
list "known" of phone from "known.csv"
list "away" of phone from "absent.csv"
rule listed on call about caller when caller in list "known" or callee in list "away" then alert blue because "x"
exempt spared on call about caller until 2027-12-31 when callee in list "known" from listed
test "named" {
  list "known" has "+86 138 0000 0001"
  call { caller: "13800000001", callee: "13900000001", talk: 5s } at 2026-03-02 09:00
  expect listed about "13800000001" 1 times
}
test "exempt by a list" {
  list "known" has "13800000001", "13900000001"
  call { caller: "13800000001", callee: "13900000001", talk: 5s } at 2026-03-02 09:00
  expect no listed
}
test "in the file only" {
  call { caller: "13800000002", callee: "13900000001", talk: 5s } at 2026-03-02 09:00
  expect no listed
}
EOF
printf 'value\n13800000002\n' >q/known.csv
expect 0 "$DUANKA" policy test q
says out "3 passed, 0 failed"
# What a class of fraud is called, the desk knows.
sed -i 's/ because "{count/ scam "wizardry" because "{count/' p/r.dk
expect 1 "$DUANKA" policy check p
says err 'p/r.dk:1:97: error: the desk has no class of fraud wizardry; its classes are tasks, customer-service,'
sed -i 's/"wizardry"/"冒充公检法"/' p/r.dk
expect 0 "$DUANKA" policy check p
# every option of the help stands in the manual
for command in detect policy explain; do
	"$DUANKA" $command --help | grep -oE -- '--[a-z-]+' | sort -u >options
	while read -r option; do
		grep -q -- "$option" "$SOURCE_DIR/doc/duanka-$command.1.scd" || fail "doc/duanka-$command.1.scd lacks $option"
	done <options
done
