# screen_browser.sh - an outlet's screen in a real browser: see screen_browser.mjs.
. "$SOURCE_DIR/tests/e2e/lib.sh"
mkdir p
cat >p/rules.dk <<'DK'
entity phone { holder: person }, person, account
event call { caller: phone, callee: phone, talk: duration }
rule each on call about caller when count(call by caller over 1h) >= 100 then alert red because "many"
DK
printf '[public]\nenabled = true\nreads = 100000\nrequests = 100000\nrate = 100000\n[tenant.police]\nnumber = 13\n[tenant.bank]\nnumber = 21\n' >duanka.toml
key() { "$DUANKA" keys add --data d "$@"; }
MEDIA=$(key --tenant police --scopes desk --roles media)
EDITOR=$(key --tenant police --scopes desk --roles editor)
LEADER=$(key --tenant police --scopes desk --roles leader)
CHANNEL=$(key --tenant bank --scopes desk --roles channel)
export MEDIA EDITOR LEADER CHANNEL
node "$SOURCE_DIR/tests/e2e/screen_browser.mjs" --config duanka.toml --data d --policy p
