#!/bin/sh
# A city's subscribers stay near the published ones: the middles of all features, and most of their quantiles.
. "$(dirname "$0")/lib.sh"
calibration=${BUILD_DIR:-$SOURCE_DIR/build}/bench/calibration/calibration
"$DUANKA" simulate city --no-progress --people 3600 --days 244 --history 1 --seed 7 --crime-rate 280 --only calls,sms -o city >/dev/null
status=0
"$calibration" city --markdown --check >report 2>err || status=$?
[ "$status" = 0 ] || [ "$status" = 1 ] || fail "calibration ended with $status: $(cat err)"
grep -q '^| answered calls' report || fail "no report: $(head -c 300 report)"
! grep -q 'are needed to judge' err || fail "too few subscribers: $(cat err)"
! grep '^outside: .*, ordinary, p50:' err | grep -v '^outside: opposite_unique' || fail "a median of ordinary subscribers is off"
outside=$(grep -c '^outside: .*, ordinary, p' err || :)
[ "$outside" -le 12 ] || fail "$outside of 65 quantiles of ordinary subscribers are outside: $(cat err)"
outside=$(grep -c '^outside: .*, fraud, p' err || :)
[ "$outside" -le 30 ] || fail "$outside of 65 quantiles of fraud subscribers are outside: $(cat err)"
