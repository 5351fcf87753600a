#!/bin/sh
# prepare.sh FROM TO STAMP: the schema and the yardstick's features as one policy directory.
set -eu
mkdir -p "$2"
cp "$1/policy/00-schema.dk" "$1/bench/policy/calls.dk" "$2/"
touch "$3"
