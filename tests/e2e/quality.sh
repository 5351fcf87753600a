# quality.sh - bench/quality/real.sh without any data, and over small made-up files in the form of the public ones.
. "$SOURCE_DIR/tests/e2e/lib.sh"
real=$SOURCE_DIR/bench/quality/real.sh
expect 0 env DUANKA_DATA="$PWD/absent" sh "$real" "$BUILD_DIR"
says out "skipped: no data at $PWD/absent"
mkdir data data/sichuan data/s_ffsd data/ftc_dnc data/spam_messages_lr
expect 0 env DUANKA_DATA="$PWD/data" sh "$real" "$BUILD_DIR"
[ "$(grep -c '^skipped: no data at ' out)" = 4 ] || fail "four sets lack, but not four lines say so"

# Frauds call strangers only; every twentieth row lacks its calls.
awk 'BEGIN {
	printf "phone_no_m,opposite_count,opposite_unique,voc_calltype1,imeis,voc_day_nunique,arpu_mean,label\r\n"
	for (i = 0; i < 200; i++) {
		f = i % 4 == 0
		if (i % 20 == 1) printf "u%05d,,,,,,1.5,0\r\n", i
		else printf "u%05d,%d.0,%d.0,%s,%d,%d,%s,%d\r\n", i, 40 + i % 7, f ? 38 + i % 3 : 5 + i % 3, f ? "0.95" : "0.5", 1 + i % 3, f ? 4 : 30, f ? "" : "20." i % 9, f
	}
}' >data/sichuan/train.csv
awk 'BEGIN {
	print "Time,Source,Target,Amount,Location,Type,Labels"
	for (i = 0; i < 600; i++) {
		f = i % 5 == 0
		printf "%d,S%d,T%d,%s,L%d,TP%d,%d\n", i, f ? 1 : 10 + i % 50, i % 4, f ? "9.99" : i % 13 * 10, i % 3, i % 2, i % 7 == 0 ? 2 : f
	}
}' >data/s_ffsd/transfers.csv
awk 'BEGIN { for (i = 0; i < 50; i++) print 2000000000 + i % 30 }' >data/ftc_dnc/base_2025-10-28.csv
for day in 2025-11-14 2025-11-20 2025-11-21 2025-11-25 2025-11-26; do
	printf '2000000001\n3000000000\n' >data/ftc_dnc/added_$day.csv
done
awk 'BEGIN { for (i = 0; i < 100; i++) printf "%d\t%s\n", i % 2, i % 2 ? "退款请点 www.a-b.cn/" i " 马上办理您的业务吧" : "晚上回家吃饭 " i }' >data/spam_messages_lr/train.txt
expect 0 env DUANKA_DATA="$PWD/data" sh "$real" "$BUILD_DIR"
says out "| R-a (dispersion >= 0.8, outgoing >= 0.8, calls >= 30) | 50 of 50: 100.00 %"
says out "600 payments: 102 fraud, 412 normal, 86 unknown"
says out "duanka over the same events: 10 calls compared, 0 with another count of reports, 0 with another risk."
says out "| one | mass_sms_link | 0 of 50: 0.00 % (0.00-7.13) | 31 of 50: 62.00 %"
