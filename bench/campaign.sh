#!/bin/sh
# campaign.sh BUILD [YEARS]: half-years of a made-up town through journal, engine, desk and registry, with a campaign that halves the victims among those whom it reaches, with one that
# does nothing, and with two that make people report and prevent nothing (judged by conversion, and by victims): how often the report claims an effect, beside the power computed beforehand. 200 of each unless told; the same seeds give the same table.
set -eu
duanka=$(cd "$1" && pwd)/src/app/duanka
nice "$duanka" simulate campaign --effect 50 --years "${2:-200}" --seed 1000
nice "$duanka" simulate campaign --effect 0 --years "${2:-200}" --seed 1001000 | tail -n 1
nice "$duanka" simulate campaign --effect 0 --reports 80 --years "${2:-200}" --seed 2001000 | tail -n 1
nice "$duanka" simulate campaign --effect 0 --reports 80 --outcome victims --years "${2:-200}" --seed 3001000 | tail -n 1
