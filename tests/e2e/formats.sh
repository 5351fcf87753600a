# formats.sh - files of others: Asterisk, Kamailio and FreeSWITCH, and public data sets through the shipped mappings.
. "$SOURCE_DIR/tests/e2e/lib.sh"
d="$DUANKA detect -p $policy --no-progress --lang en --quarantine q"

cat >Master.csv <<'EOF'
"","13800000001","13900000002","default","""A"" <13800000001>","SIP/1","SIP/2","Dial","SIP/2,60","2026-03-02 08:00:00","2026-03-02 08:00:05","2026-03-02 08:01:05",65,60,"ANSWERED","DOCUMENTATION","1772409600.1",""
"","13800000001","13900000003","default","13800000001","SIP/1","SIP/3","Dial","SIP/3,60","2026-03-02 08:02:00","","2026-03-02 08:02:20",20,0,"NO ANSWER","DOCUMENTATION","1772409720.2",""
EOF
expect 0 $d --as asterisk Master.csv
[ "$(count out accepted)" = 2 ] || fail "Asterisk"
expect 0 $d Master.csv
[ "$(count out accepted)" = 2 ] || fail "Asterisk is not recognised by itself"

cat >acc.csv <<'EOF'
INVITE|a1|b1|c1@h|200|OK|1772409600|13800000001|13900000002|192.0.2.1|sip:13900000002@h|
BYE|a1|b1|c1@h|200|OK|1772409660|13800000001|13900000002|192.0.2.1|sip:13900000002@h|
EOF
expect 0 $d --as kamailio-acc acc.csv
adds_up out
[ "$(count out accepted)" = 1 ] || fail "Kamailio"

cat >fs.csv <<'EOF'
"A","13800000001","13900000002","default","2026-03-02 08:00:00","2026-03-02 08:00:05","2026-03-02 08:01:05","65","60","NORMAL_CLEARING","u1","u2",""
EOF
expect 0 $d --as freeswitch fs.csv
[ "$(count out accepted)" = 1 ] || fail "FreeSWITCH"

data=${DUANKA_DATA:-$SOURCE_DIR/../shared/data}
if [ ! -d "$data" ]; then
	echo "skipped: no public data sets in $data (DUANKA_DATA names their folder)"
	exit 0
fi
maps=$SOURCE_DIR/mappings/examples
public() { # public MAP FILE RECORDS
	expect 0 $d --as "map:$maps/$1.map" "$data/$2"
	adds_up out
	[ "$accepted_n" = "$3" ] || fail "$1: $accepted_n accepted instead of $3"
}
public s_ffsd s_ffsd/transfers.csv 77881
public amlsim amlsim_export_v2/transactions.csv 10333
public collegemsg collegemsg/CollegeMsg.txt 59835
