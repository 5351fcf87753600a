#!/bin/sh
# Installs what is missing of tools/packages.txt and the npm packages of tools/data, tests/console, tests/openapi and web. Says nothing when nothing is missing.
set -eu
cd "$(dirname "$0")/.."

fail() {
	echo "deps: $*" >&2
	exit 1
}

missing_packages() {
	sed 's/#.*//' tools/packages.txt | while read -r package; do
		[ -n "$package" ] || continue
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		# A command of that name will do too: Node.js from elsewhere brings its own npm.
		[ "$status" = installed ] || command -v "$package" >/dev/null 2>&1 || echo "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		command -v sudo >/dev/null 2>&1 || fail "run as root or install sudo; needed for: $*"
		sudo "$@"
	fi
}

apt() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 "$@"
}

have_lists() {
	# shellcheck disable=SC2086 # one word a package is meant
	apt-cache show --no-all-versions $1 >/dev/null 2>&1
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

if command -v dpkg-query >/dev/null 2>&1; then
	missing=$(missing_packages | tr '\n' ' ')
	if [ -n "$missing" ]; then
		echo "deps: installing $missing"
		have_lists "$missing" || apt update >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "apt-get update failed"; }
		# shellcheck disable=SC2086
		if ! apt install -y --no-install-recommends $missing >"$log" 2>&1; then
			# The lists may be older than the archive: once more with new ones.
			apt update >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "apt-get update failed"; }
			# shellcheck disable=SC2086
			apt install -y --no-install-recommends $missing >"$log" 2>&1 || {
				tail -n 20 "$log" >&2
				fail "apt-get install failed; see above"
			}
		fi
	fi
else
	echo "deps: no dpkg here: the packages of tools/packages.txt are yours to install" >&2
fi

# npm ci replaces the folder, so it runs only when what is there does not belong to the lock file.
npm_packages() { # npm_packages FOLDER WHAT
	if ! cmp -s "$1/package-lock.json" "$1/node_modules/.installed"; then
		echo "deps: installing $2"
		npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || {
			tail -n 20 "$log" >&2
			fail "npm ci failed; see above"
		}
		cp "$1/package-lock.json" "$1/node_modules/.installed"
	fi
}
npm_packages tools/data "the number and card tables"
npm_packages tests/console "what drives a browser in tests"
npm_packages tests/openapi "what checks the interface's document"
npm_packages web "the console's libraries"
