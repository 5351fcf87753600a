# city_houses.sh - the desk from end to end: a simulated city sends its events, the shipped policies raise alerts, seats work on what follows through the REST API, and eight institutions of all manners carry
# orders out, while any of the nine processes is killed with -9 at seeded moments. Then all of it is reconciled. city_houses.mjs drives; CITY_HOUSES_SEED names another life.
. "$SOURCE_DIR/tests/e2e/lib.sh"
seed=${CITY_HOUSES_SEED:-20260302}
echo "seed $seed"
trap '[ ! -f pids ] || while read -r p; do kill -9 "$p" 2>/dev/null || true; done <pids; rm -rf "$work"' EXIT
"$DUANKA" simulate city --people 2000 --days 1 --history 10 --crime-rate 20000 --seed $((seed % 1000)) --stream --no-progress >city.ndjson
node "$SOURCE_DIR/tests/e2e/city_houses.mjs" "$seed" || { tail -n 5 log.service >&2; fail "seed $seed: see above"; }

# What is left on the disk is sound, and says the same when it is made again.
expect 0 "$DUANKA" audit verify --data d
expect 0 "$DUANKA" registry verify --data d
says out "the same as the present one"
"$DUANKA" tail --data d --from 1 --kind event >events
[ "$(wc -l <events)" = "$(wc -l <city.ndjson)" ] || fail "$(wc -l <events) events in the journal of $(wc -l <city.ndjson) in the city: one was lost, or counted twice"
