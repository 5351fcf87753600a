# score.sh - duanka score: a small case whose every figure was counted by hand, and inputs that are wrong.
. "$SOURCE_DIR/tests/e2e/lib.sh"

mkdir p
cp "$policy/00-schema.dk" p/
cat >p/r.dk <<'END'
rule big_caller on call about caller when count(call by caller over 1d) >= 3
  then alert red, score 60, propose verify(caller) basis "law" every 1d because "x"
rule busy_caller on call about caller when count(call by caller over 1d) >= 2
  then alert blue, score 10, propose verify(caller) basis "law" every 1d because "x"
rule taker on transfer about payee when count(transfer by payee over 1d) >= 2
  then alert yellow, score 30, propose verify(payee) basis "law" every 1d because "x"
rule coached on transfer about payer.holder when amount >= 10000 yuan
  then alert purple, score 90, propose delay(payee, 30min) basis "law", propose warn(payer.holder) basis "law" because "x"
rule quiet shadow on sms about sender when count(sms by sender over 1d) >= 1
  then alert red, score 40, propose verify(sender) basis "law" every 1d because "x"
END
cat >accounts.csv <<'END'
time,event,account,person
2026-03-01T09:00:00+08:00,open_account,6217000000000000101,370202198001010010
2026-03-01T09:01:00+08:00,open_account,6217000000000000109,370202198101010026
END
cat >calls.csv <<'END'
time,caller,callee,talk
2026-03-02T08:00:00+08:00,13800000001,13900000003,30
2026-03-02T08:10:00+08:00,13800000001,13900000002,900
2026-03-02T08:20:00+08:00,13800000001,13900000004,5
2026-03-02T08:21:00+08:00,13800000001,13900000005,5
2026-03-02T08:30:00+08:00,13800000002,13900000006,5
2026-03-02T12:00:00+08:00,13700000009,13900000007,5
2026-03-02T12:01:00+08:00,13700000009,13900000008,5
2026-03-02T12:02:00+08:00,13700000009,13900000009,5
END
cat >transfers.csv <<'END'
time,payer,payee,amount
2026-03-02T09:00:00+08:00,6217000000000000101,6222000000000000201,20000.00
2026-03-02T09:05:00+08:00,6217000000000000109,6222000000000000201,500.00
2026-03-02T09:10:00+08:00,6222000000000000201,6222000000000000202,10000.00
2026-03-02T09:20:00+08:00,6222000000000000201,6222000000000000203,9000.00
2026-03-02T09:30:00+08:00,6217000000000000109,6217000000000000108,15000.00
2026-03-02T10:00:00+08:00,6217000000000000101,6222000000000000201,5000.00
END
cat >sms.csv <<'END'
time,sender,receiver,body
2026-03-02T07:00:00+08:00,13800000003,13900000010,hello
END
cp "$SOURCE_DIR/tests/fuzz/corpus/truth/case.csv" truth.csv
expect 0 "$DUANKA" detect -p p --no-progress --lang en -o a.ndjson accounts.csv calls.csv sms.csv transfers.csv
grep -q '"entities":\["phone","account","person"' a.ndjson || fail "the alerts do not name the entity kinds"

# ---- every figure ----

score="$DUANKA score --lang en"
expect 0 $score --base-rate 500 a.ndjson truth.csv
cat >want <<'END'
2026-03-02 00:00:00 - 2026-03-02 12:02:00 (1 days): 8 alerts scored, 0 passed over (time, rule or severity)

Targets (live rules; accusations count from yellow on)
target                                                   found   recall        95 %   false  per million  of
SIM boxes and bursts: within 30 min of first call          1/2   50.0 %    9.5-90.5       1         10.0  phones
gateway pairs: within 30 min of first call                 0/0        -           -       1         10.0  phones
level-1 mules: before the second outgoing transfer         1/1  100.0 %  20.7-100.0       0          0.0  accounts
coached transfers: held before any money left              1/1  100.0 %  20.7-100.0       1         1000  transfers
  ... before the last of it left                           1/1  100.0 %  20.7-100.0       1         1000  transfers

All live rules, by kind of entity
kind                   alerts          found   recall        95 %  precision        95 %    false   projected
phone accused               4            1/3   33.3 %    6.1-79.2     50.0 %    9.5-90.5        1      94.3 %
account accused             1            1/3   33.3 %    6.1-79.2    100.0 %  20.7-100.0        0     100.0 %
person warned               2            1/1  100.0 %  20.7-100.0     50.0 %    9.5-90.5        1      95.2 %

False alarms and time, all live rules
kind               innocent    false/M    a day  alerts/M    a day     median        p90   <=30min  calls bef/after
phone accused        100000       10.0     10.0      20.0     20.0      10min      10min    33.3 %              2/2
account accused       50000        0.0      0.0       0.0      0.0       5min       5min    33.3 %              0/0
person warned         40000       25.0     25.0      25.0     25.0          -          -         -              0/0

Victims and money
of                        in time       at all    spared         gone  still there  never found    delayed  false/M
live rules              1/1 100 %    1/1 100 %         0           ¥0      ¥25,000           ¥0  1/1 100 %     1000
shadow rules              0/1 0 %      0/1 0 %         0           ¥0           ¥0      ¥25,000          -        -

All shadow rules, by kind of entity
kind                   alerts          found   recall        95 %  precision        95 %    false   projected
phone accused               1            1/3   33.3 %    6.1-79.2    100.0 %  20.7-100.0        0     100.0 %

Rules
rule                      kind          found          recall       precision  false  false/M     median  projected
big_caller                phone           1/3     33 % (6-79)     50 % (9-91)      1     10.0      20min     94.3 %
busy_caller               phone           1/3     33 % (6-79)     50 % (9-91)      1     10.0      10min     94.3 %
coached                   person*         1/1  100 % (21-100)     50 % (9-91)      1     25.0          -     95.2 %
quiet (shadow)            phone           1/3     33 % (6-79)  100 % (21-100)      0      0.0         0s    100.0 %
taker                     account         1/3     33 % (6-79)  100 % (21-100)      0      0.0       5min    100.0 %
  * warns a victim; others accuse a suspect.  (shadow) does not count above.

Rules that found a victim or delayed
rule                      in time       at all    spared         gone  still there  never found    delayed  false/M
big_caller              1/1 100 %    1/1 100 %         0           ¥0      ¥25,000           ¥0          -        -
busy_caller             1/1 100 %    1/1 100 %         0           ¥0      ¥25,000           ¥0          -        -
coached                 1/1 100 %    1/1 100 %         0           ¥0      ¥25,000           ¥0  1/1 100 %     1000
taker                     0/1 0 %    1/1 100 %         0      ¥20,000       ¥5,000           ¥0          -        -

Scenarios (live rules)
scenario                 phones      accounts       persons   <=30min     median       in time     at all   delayed
police                        -      1/3 33 %             -    33.3 %       5min     1/1 100 %        1/1   100.0 %
simbox                 1/2 50 %             -             -    50.0 %      10min             -        0/0         -
spam                    0/1 0 %             -             -     0.0 %          -             -        0/0         -
END
diff want out || fail "the text differs"
[ "$(wc -L <out)" -le 115 ] || fail "the table is wider than 115 columns"
expect 0 $score --format json a.ndjson truth.csv
for part in \
	'"accused_within_30min":{"hit":1,"all":2,"value":0.5,"low":0.0945312057,"high":0.905468794},"gateway_voices_within_30min":{"hit":0,"all":0,"value":null,"low":null,"high":null},"false_entities":1,"false_permillion":10}' \
	'"accused_before_second_outgoing":{"hit":1,"all":1,' \
	'"held_before_money_left":{"hit":1,"all":1,' '"spared_fen":2500000,"all_fen":2500000,"false_transfers":1,"false_permillion":1000}' \
	'"live":{"alerts":7,' '"shadow":{"alerts":1,' '"base_rate_permillion":null' \
	'{"name":"taker","mode":"live","severity":"yellow","alerts":1,' '"gone_fen":2000000,"spared_fen":500000,"lost_fen":0,"spared":0}' \
	'{"kind":"phone","points":[{"threshold":70,"found":1,"alerted":2,"all":3}]}'; do
	says out "$part"
done
one_line out
cp out first
expect 0 $score --format json a.ndjson truth.csv
cmp first out || fail "two scores of the same files differ"
(head -n 1 truth.csv && tail -n +2 truth.csv | sort -r) >turned.csv
(head -n 1 a.ndjson && tail -n +2 a.ndjson | sort -r) >turned.ndjson
expect 0 $score --format json turned.ndjson turned.csv
cmp first out || fail "the order of lines changes the score"
expect 0 $score --format markdown --curve curve.svg a.ndjson truth.csv
says out '| coached | person* | 1/1 | 100 % (21-100) | 50 % (9-91) | 1 | 25.0 | - | - |'
says curve.svg '</svg>'
says curve.svg 'found 1 / 3'
expect 0 $score --lang zh a.ndjson truth.csv
says out 召回率

# ---- options ----

expect 0 $score --format json --rule taker a.ndjson truth.csv
says out '"alerts":1,"alerts_outside":7'
expect 0 $score --format json --min-severity red a.ndjson truth.csv
says out '"alerts":5,"alerts_outside":3'
expect 0 $score --format json --from 2026-03-02T09:00:00+08:00 --until 2026-03-02T09:30:00+08:00 a.ndjson truth.csv
says out '"alerts":2,"alerts_outside":6'
expect 0 "$DUANKA" score --help
says out "blue is information"
expect 0 sh -c "$score --format json - truth.csv <a.ndjson"
cmp first out || fail "standard input gives another score"

# ---- what is wrong ----

could_not_run() {
	expect 1 "$@"
	one_line err
}
could_not_run $score missing.ndjson truth.csv
says err missing.ndjson
could_not_run $score a.ndjson missing.csv
says err missing.csv
could_not_run $score a.ndjson
could_not_run $score
could_not_run $score a.ndjson truth.csv more
could_not_run $score --format xml a.ndjson truth.csv
could_not_run $score --base-rate 0 a.ndjson truth.csv
could_not_run $score --from noon a.ndjson truth.csv
could_not_run $score --from 2026-03-03 --until 2026-03-02T00:00:00 a.ndjson truth.csv
could_not_run $score --min-severity pink a.ndjson truth.csv
could_not_run $score --curve /no/such/folder/c.svg a.ndjson truth.csv
could_not_run $score truth.csv truth.csv
says err truth.csv:1:
could_not_run $score a.ndjson a.ndjson
says err a.ndjson:1:
could_not_run $score . truth.csv
: >empty
could_not_run $score empty truth.csv
could_not_run $score a.ndjson empty
could_not_run sh -c "$score a.ndjson truth.csv >/dev/full"
says err "No space left"

{
	cat truth.csv
	echo 'phone,13800000011,2026-03-02T08:00:00+08:00,simbox,17,chief,,,,'
	echo 'phone,13800000011'
	head -c 100000 /dev/zero | tr '\0' x
	echo
	printf 'phone,\377\376,2026-03-02T08:00:00+08:00,simbox,17,mule,,,,\n'
	printf '\000\001\002\n'
} >bad.csv
expect 2 $score --format json a.ndjson bad.csv
cmp first out || fail "bad rows change the score"
[ "$(wc -l <err)" = 5 ] || fail "not every bad row is told"
grep -q '^bad.csv:28: there is no role "chief"; ' err || fail "a bad row has no place, cause and remedy"
says err "bad.csv:30: the row is longer than"
{
	cat a.ndjson
	echo '{"id":"x"}'
	echo 'no JSON'
	head -c 200000 /dev/zero
} >bad.ndjson
expect 2 $score --format json bad.ndjson truth.csv
cmp first out || fail "bad alerts change the score"
grep -q '^bad.ndjson:10: "time" is not' err || fail "a bad alert has no place"
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "[" }' >>bad.ndjson
expect 2 $score --format json bad.ndjson truth.csv

# ---- what looks like a mistake ----

printf 'fedcba9876543210' >other && chmod 600 other
expect 0 $score --format json --key other a.ndjson truth.csv
says err "another key"
expect 0 $score --format json --rule takr a.ndjson truth.csv
says err "no alert was scored"
