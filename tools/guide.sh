#!/bin/sh
# guide.sh OUT BUILD: the user guide with pictures into OUT, as HTML and Markdown, by the program and the console in BUILD.
set -eu
cd "$(dirname "$0")/.."
case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
case $2 in /*) build=$2 ;; *) build=$PWD/$2 ;; esac
DUANKA=$build/src/app/duanka SOURCE_DIR=$PWD CONSOLE_DIR=$build/console BUILD_DIR=$build node tests/console/guide.mjs "$out"
echo "$out/index.html"
