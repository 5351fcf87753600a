# pages_browser.sh - the public pages in a real browser: see pages_browser.mjs. Pictures of all of them are in BUILD_DIR/screenshots.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p l spool
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
list "published" of phone from "published.csv"
rule each on call about caller when count(call by caller over 1h) >= 100 and not (caller in list "published") then alert red because "many"
DK
printf 'value,until,note\n13800138001,2099-01-01,published\n' >l/published.csv
cat >duanka.toml <<T
[public]
enabled = true
lists = "published"
requests = 100000
filings = 100000
proofs = 100000
reads = 100000
rate = 100000
[tenant.police]
title = "市反诈中心"
number = 13
[tenant.carrier]
number = 21
[tenant.texts]
number = 90
connector = "spool"
connector_url = "$work/spool"
T
key() { "$DUANKA" keys add --data d "$@"; }
MODERATOR=$(key --tenant police --scopes desk --roles moderator)
MEDIA=$(key --tenant police --scopes desk --roles media)
APPEALS=$(key --tenant police --scopes desk --roles appeals)
OPERATOR=$(key --tenant carrier --scopes desk --roles operator-desk)
export MODERATOR MEDIA APPEALS OPERATOR
node "$SOURCE_DIR/tests/e2e/pages_browser.mjs" "$work/spool" --config duanka.toml --data d --policy p --lists l
