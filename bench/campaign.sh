#!/bin/sh
# campaign.sh BUILD [YEARS]: half-years of a made-up town through journal, engine, desk and registry, with a campaign that halves the victims among those whom it reaches, and with one that
# does nothing: how often the report claims an effect, beside the power computed beforehand. 200 of each unless told; the same seeds give the same table.
set -eu
build=$(cd "$1" && pwd)
DUANKA_CAMPAIGN_YEARS=${2:-200} nice "$build/tests/test_unit_campaign_year" 2>&1 | grep -v '^\[ *\(RUN\|OK\|=*\) *\]'
