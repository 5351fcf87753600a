#!/bin/sh
# campaign.sh BUILD [YEARS]: half-years of a made-up town through journal, engine, desk and registry, with a campaign that halves the victims among those whom it reaches, and with one that
# does nothing: how often the report claims an effect, beside the power computed beforehand. 200 of each unless told; the same seeds give the same table.
set -eu
duanka=$(cd "$1" && pwd)/src/app/duanka
nice "$duanka" simulate campaign --effect 50 --years "${2:-200}" --seed 1000
nice "$duanka" simulate campaign --effect 0 --years "${2:-200}" --seed 1001000 | tail -n 1
