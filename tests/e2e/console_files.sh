# console_files.sh - the console's pages as curl gets them, over the whole program: a folder that is refused at the start, what is sent of a good one, and what no address can reach.
. "$SOURCE_DIR/tests/e2e/lib.sh"
pid=
trap '[ -z "$pid" ] || kill -9 $pid 2>/dev/null; rm -rf "$work"' EXIT
mkdir -p p web/assets
cp "$policy/00-schema.dk" p/
printf '<!doctype html><html><head><style nonce="__NONCE__">p{}</style></head><body>__NONCE__</body></html>\n' >web/index.html
printf 'export const a = 1\n' >web/assets/app-0f1e2d.js
gzip -nk web/assets/app-0f1e2d.js
printf '<svg xmlns="http://www.w3.org/2000/svg"/>\n' >web/icon.svg
echo secret >web.txt # beside the folder

# ---- folders that are refused ----
refused() { # refused TEXT: one line that has it; nothing listens
	expect 1 "$DUANKA" serve --anonymous --data d --policy p --listen 127.0.0.1:0 --console web
	one_line err
	says err "duanka: web/$1"
	! grep -qF listening err || fail "it listens"
}
ln -s ../web.txt web/more.txt
refused 'more.txt: it is a symbolic link; put what it leads to in its place'
rm web/more.txt
mkfifo web/pipe.js
refused 'pipe.js: it is no ordinary file; remove it'
rm web/pipe.js
mkdir web/.git
refused '.git: hidden files are not served; remove it'
rmdir web/.git
echo x >'web/a
b.js'
refused 'a?b.js: a name has letters, digits, and . _ - only; rename it'
rm web/a?b.js
echo x >web/run.cgi
refused 'run.cgi: files of this type are not served'
rm web/run.cgi
mv web/index.html .
refused 'index.html: there is no such file'
mv index.html web/
expect 1 "$DUANKA" serve --anonymous --data d --policy p --listen 127.0.0.1:0 --console nowhere
one_line err
says err "duanka: nowhere: it can't be opened"

# ---- a good one ----
mkfifo said
"$DUANKA" serve --anonymous --data d --policy p --listen 127.0.0.1:0 --console web 2>said &
pid=$!
exec 3<said
while IFS= read -r line <&3; do
	case $line in *"listening on"*) break ;; esac
done
url=http://${line##*listening on }
get() { # get WANTED-STATUS PATH CURL-OPTIONS...: body in ./body, headers in ./head
	want=$1 path=$2
	shift 2
	status=$(curl -s --path-as-is -D head -o body -w '%{http_code}' "$@" "$url$path")
	[ "$status" = "$want" ] || { cat head body >&2; fail "HTTP $status instead of $want: $path"; }
}
get 303 /
says head 'Location: /console/'
get 303 /console
says head 'Location: /console/'

# Each answer has its own nonce, in the page and in the policy, and nothing else of the page differs.
for n in 1 2; do
	get 200 /console/
	says head 'Cache-Control: no-store'
	nonce=$(sed -n 's/.*<style nonce="\([0-9a-f]\{32\}\)">.*/\1/p' body)
	[ -n "$nonce" ] || fail "the page has no nonce"
	says head "style-src 'self' 'nonce-$nonce'; style-src-attr 'unsafe-inline'"
	sed "s/$nonce/__NONCE__/g" body | cmp -s - web/index.html || fail "the page is not the folder's"
	echo "$nonce" >nonce$n
done
! cmp -s nonce1 nonce2 || fail "two answers have the same nonce"
for line in "Content-Security-Policy: default-src 'none'; script-src 'self'; " "frame-ancestors 'none'" 'X-Content-Type-Options: nosniff' 'X-Frame-Options: DENY' 'Referrer-Policy: no-referrer' \
	'Cross-Origin-Opener-Policy: same-origin'; do
	says head "$line"
done

get 200 /console/assets/app-0f1e2d.js
cmp -s body web/assets/app-0f1e2d.js || fail "the script is not the folder's"
says head 'Content-Type: text/javascript; charset=utf-8'
says head 'Cache-Control: public, max-age=31536000, immutable'
get 200 /console/assets/app-0f1e2d.js -H 'Accept-Encoding: gzip'
says head 'Content-Encoding: gzip'
cmp -s body web/assets/app-0f1e2d.js.gz || fail "what is zipped is not the folder's"
get 200 /console/assets/app-0f1e2d.js --compressed
cmp -s body web/assets/app-0f1e2d.js || fail "what is zipped does not unpack to the script"
get 200 /console/icon.svg
says head 'Content-Type: image/svg+xml'
says head 'Cache-Control: no-cache'
etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' head)
get 304 /console/icon.svg -H "If-None-Match: $etag"
get 200 /console/icon.svg --head
get 405 /console/ -X DELETE

# ---- nothing else ----
for path in /console/../web.txt /console/%2e%2e/web.txt /console/assets/../../web.txt /console/assets/%2e%2e/%2e%2e/web.txt /console/%252e%252e/web.txt /console/assets/app-0f1e2d.js.gz /console/assets \
	/console/assets/ /console//icon.svg /console/./icon.svg /console/more.txt /consoles /console/index.html/x; do
	get 404 "$path"
	! grep -qF secret body || fail "$path leaves the folder"
done
for path in /console/..%2fweb.txt /console/%2fetc%2fpasswd /console/..%5cweb.txt /console/icon.svg%00; do
	get 400 "$path"
done

# What comes into the folder later is not served, what goes is: the disk is not asked.
echo later >web/later.txt
rm web/icon.svg
get 404 /console/later.txt
kill -HUP "$pid"
get 200 /console/icon.svg
get 404 /console/later.txt
kill "$pid"
wait "$pid" || fail "it did not stop well"
pid=
