/* test_console.c - the console's pages: what a folder must be like, and what is sent of it. */
#include "tests/test.h"
#include <fcntl.h>
#include <ftw.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "gateway/console.h"
#include "tests/gateway/served.h"

#define POLICY "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'"
#define POLICY_REST                                                                                                    \
	"; style-src-attr 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src " \
	"'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"

static struct served s;
static struct heard h;
static struct console *console;
static char folder[64];

/* ---- folders ---- */

static const char *in_folder(const char *name)
{
	static char z[512];

	snprintf(z, sizeof(z), "%s/%s", folder, name);
	return z;
}

static void put(const char *name, const char *bytes, size_t n)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static void put_z(const char *name, const char *z)
{
	put(name, z, strlen(z));
}

static void begin_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/duanka-console-XXXXXX");
	assert_non_null(mkdtemp(folder));
	put_z("index.html", "<style nonce=\"__NONCE__\"></style>__NONCE_<p>__NONCE__");
	assert_int_equal(mkdir(in_folder("assets"), 0700), 0);
	put_z("assets/app-1a2b.js", "let app = 1\n");
	put("assets/app-1a2b.js.gz", "\x1f\x8b packed", 9);
	put_z("assets/app-1a2b.css", "p{}");
	put_z("console.webmanifest", "{}");
	put_z("empty.txt", "");
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

static void end_folder(void)
{
	assert_int_equal(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* It is refused, with this behind the folder's name. */
static void refused(enum err wanted, const char *message)
{
	struct console *c = NULL;
	char whole[512];
	struct buf why;
	int64_t live = mem_live();

	buf_init(&why, 1 << 14);
	assert_int_equal(console_open(&c, folder, &why), wanted);
	snprintf(whole, sizeof(whole), "%s/%s", folder, message);
	assert_string_equal(why.p, whole);
	assert_null(c);
	buf_release(&why);
	assert_int_equal(mem_live(), live);
}

static void refused_file(const char *name, const char *message)
{
	put_z(name, "x");
	refused(ERR_FORMAT, message);
	assert_int_equal(unlink(in_folder(name)), 0);
}

static void test_odd_files(void **state)
{
	(void)state;
	begin_folder();
	refused_file("a b.js", "a?b.js: a name has letters, digits, and . _ - only; rename it");
	refused_file("\n\x1b[2J.js", "??[2J.js: a name has letters, digits, and . _ - only; rename it");
	refused_file(".env", ".env: hidden files are not served; remove it");
	refused_file("assets/.js", "assets/.js: hidden files are not served; remove it");
	refused_file("assets/lost.js.gz",
	             "assets/lost.js.gz: what it was made from is not beside it; put that there, or remove this");
	refused_file("index.html.gz", "index.html.gz: it is not in gzip's format; make it anew with gzip -k, or remove it");
	refused_file(
		"app.php",
		"app.php: files of this type are not served; remove it, or give it an ending that pages have (.html .js "
		".css .json .txt .svg .png .woff2 .ico .webmanifest, or one of them with .gz behind it)");
	put("x.js.gz", "\x1f\x8b", 2);
	refused_file("x.js.gz.gz", "x.js.gz: what it was made from is not beside it; put that there, or remove this");
	unlink(in_folder("x.js.gz"));
	assert_int_equal(mkdir(in_folder("assets/deep"), 0700), 0);
	refused(ERR_FORMAT, "assets/deep: the only folder is assets; remove it");
	rmdir(in_folder("assets/deep"));
	assert_int_equal(mkdir(in_folder("more"), 0700), 0);
	refused(ERR_FORMAT, "more: the only folder is assets; remove it");
	rmdir(in_folder("more"));
	unlink(in_folder("index.html"));
	refused(ERR_FORMAT,
	        "index.html: there is no such file; name the folder of the console's built pages in service.console");
	end_folder();
}

static void test_no_files(void **state)
{
	struct console *c = NULL;
	struct buf why;

	(void)state;
	begin_folder();
	assert_int_equal(symlink("/etc/passwd", in_folder("passwd.txt")), 0);
	refused(ERR_FORMAT, "passwd.txt: it is a symbolic link; put what it leads to in its place");
	unlink(in_folder("passwd.txt"));
	assert_int_equal(mkfifo(in_folder("pipe.js"), 0600), 0); /* which nobody writes to */
	refused(ERR_FORMAT, "pipe.js: it is no ordinary file; remove it");
	unlink(in_folder("pipe.js"));
	assert_int_equal(nftw(in_folder("assets"), remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(symlink("/etc", in_folder("assets")), 0);
	refused(ERR_FORMAT, "assets: it is a symbolic link; put what it leads to in its place");
	end_folder();
	buf_init(&why, 1 << 14);
	assert_int_equal(console_open(&c, folder, &why), ERR_IO);
	assert_non_null(
		strstr(why.p, ": it can't be opened (No such file or directory); service.console names the folder"));
	buf_release(&why);
}

static void test_too_much(void **state)
{
	struct console *c = NULL;
	struct buf why;
	char name[32];

	(void)state;
	begin_folder();
	put_z("big.png", "");
	assert_int_equal(truncate(in_folder("big.png"), CONSOLE_BYTES_MAX + 1), 0);
	refused(ERR_CAP, "big.png: with it the files take more than 32 MiB together; is this the folder of built pages?");
	unlink(in_folder("big.png"));
	buf_init(&why, 1 << 14);
	for (int n = 6; n < CONSOLE_FILES_MAX; n++) {
		snprintf(name, sizeof(name), "assets/%d.js", n);
		put_z(name, "x");
	}
	assert_int_equal(console_open(&c, folder, &why), ERR_OK);
	console_close(c);
	put_z("assets/one-more.js", "x");
	c = NULL;
	assert_int_equal(console_open(&c, folder, &why), ERR_CAP);
	assert_non_null(strstr(why.p, ": there are more than 512 files; is this the folder of built pages?"));
	buf_release(&why);
	end_folder();
}

static void test_no_memory(void **state)
{
	struct console *c = NULL;
	enum err e = ERR_MEMORY;
	struct buf why;

	(void)state;
	begin_folder();
	for (uint64_t nth = 1; e != ERR_OK; nth++) {
		int64_t live = mem_live();

		buf_init(&why, 1 << 14);
		mem_fail_at(nth);
		e = console_open(&c, folder, &why);
		mem_fail_at(0);
		buf_release(&why);
		assert_true(e == ERR_OK ? nth > 6 : e == ERR_MEMORY && mem_live() == live);
	}
	console_close(c);
	end_folder();
}

/* ---- answers ---- */

static void get(const char *path, const char *headers)
{
	served_ask(&s, path, NULL, headers, NULL, &h);
}

static void put_headers(void)
{
	heard_says(&h, POLICY);
	heard_says(&h, POLICY_REST);
	heard_says(&h, "X-Content-Type-Options: nosniff\r\n");
	heard_says(&h, "X-Frame-Options: DENY\r\n");
	heard_says(&h, "Referrer-Policy: no-referrer\r\n");
	heard_says(&h, "Cross-Origin-Opener-Policy: same-origin\r\n");
	heard_hides(&h, "Set-Cookie");
}

static int set_up(void **state)
{
	struct buf why;
	struct served_options o = { .desk = true };

	(void)state;
	begin_folder();
	buf_init(&why, 1 << 14);
	if (console_open(&console, folder, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
	end_folder(); /* nothing is read from it any more */
	o.console = console;
	served_start(&s, &o);
	heard_init(&h);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	console_close(console);
	return 0;
}

static void test_page(void **state)
{
	char nonce[2][33], whole[512];

	(void)state;
	for (int i = 0; i < 2; i++) {
		get(i == 0 ? "/console/" : "/console/index.html", "Accept-Encoding: gzip\r\n");
		heard_status(&h, 200);
		put_headers();
		heard_says(&h, "Content-Type: text/html; charset=utf-8\r\n");
		heard_says(&h, "Cache-Control: no-store\r\n");
		heard_hides(&h, "ETag");
		assert_int_equal(sscanf(h.body.p, "<style nonce=\"%32[0-9a-f]\"", nonce[i]), 1);
		assert_int_equal(strlen(nonce[i]), 32);
		snprintf(whole, sizeof(whole), "<style nonce=\"%s\"></style>__NONCE_<p>%s", nonce[i], nonce[i]);
		assert_text(buf_view(&h.body), whole);
		snprintf(whole, sizeof(whole), POLICY " 'nonce-%s'" POLICY_REST, nonce[i]);
		heard_says(&h, whole);
	}
	assert_string_not_equal(nonce[0], nonce[1]);
}

static void test_begin(void **state)
{
	(void)state;
	get("/console", "");
	heard_status(&h, 303);
	put_headers();
	heard_says(&h, "Location: /console/\r\n");
	get("/", ""); /* public pages are off */
	heard_status(&h, 303);
	heard_says(&h, "Location: /console/\r\n");
	get("/zh/board", "");
	heard_status(&h, 404);
}

static void test_assets(void **state)
{
	char etag[64], header[128];

	(void)state;
	for (int i = 0; i < 2; i++) {
		get("/console/assets/app-1a2b.js", i == 0 ? "" : "Accept-Encoding: br, gzip;q=0.5\r\n");
		heard_status(&h, 200);
		put_headers();
		heard_says(&h, "Content-Type: text/javascript; charset=utf-8\r\n");
		heard_says(&h, "Cache-Control: public, max-age=31536000, immutable\r\n");
		heard_says(&h, "Vary: Accept-Encoding\r\n");
		assert_text(buf_view(&h.body), i == 0 ? "let app = 1\n" : "\x1f\x8b packed");
		if (i == 0)
			heard_hides(&h, "Content-Encoding");
		else
			heard_says(&h, "Content-Encoding: gzip\r\n");
		assert_int_equal(sscanf(strstr(h.head.p, "ETag: "), "ETag: %63[\"0-9]", etag), 1);
	}
	snprintf(header, sizeof(header), "If-None-Match: %s\r\n", etag); /* of what is zipped */
	get("/console/assets/app-1a2b.js", header);
	heard_status(&h, 200);
	snprintf(header, sizeof(header), "If-None-Match: W/%s\r\nAccept-Encoding: gzip\r\n", etag);
	get("/console/assets/app-1a2b.js", header);
	heard_status(&h, 304);
	put_headers();
	assert_int_equal(h.body.n, 0);
	get("/console/assets/app-1a2b.css", "Accept-Encoding: gzip\r\n");
	heard_status(&h, 200);
	heard_hides(&h, "Content-Encoding");
	heard_hides(&h, "Vary");
	get("/console/console.webmanifest", "");
	heard_status(&h, 200);
	heard_says(&h, "Content-Type: application/manifest+json\r\n");
	heard_says(&h, "Cache-Control: no-cache\r\n");
	heard_says(&h, "ETag: \"");
	get("/console/empty.txt", "");
	heard_status(&h, 200);
	assert_int_equal(h.body.n, 0);
}

static void test_encodings(void **state)
{
	static const struct {
		const char *accept;
		bool zipped;
	} is[] = {
		{ "gzip", true },         { "GZIP", true },         { "deflate , gzip", true }, { "gzip;q=1", true },
		{ "gzip ; q=0.1", true }, { "gzip;Q=0.001", true }, { "gzip;q=0", false },      { "gzip;q=0.000, br", false },
		{ "gzipped", false },     { "identity", false },    { "br;q=1.0, gzip", true }, { "", false },
		{ ",,,", false },         { "gzip;", true },        { "x-gzip", false },        { "br, gzip;q=0", false }
	};
	char header[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(is); i++) {
		snprintf(header, sizeof(header), "Accept-Encoding: %s\r\n", is[i].accept);
		get("/console/assets/app-1a2b.js", header);
		heard_status(&h, 200);
		if ((strstr(h.head.p, "Content-Encoding: gzip") != NULL) != is[i].zipped)
			fail_msg("%s", is[i].accept);
	}
}

static void test_no_such_path(void **state)
{
	static const char *const none[] = { "/console/nothing.js",
		                                "/console/assets/",
		                                "/console/assets",
		                                "/console/../key",
		                                "/console/%2e%2e/key",
		                                "/console/assets/../index.html",
		                                "/console/assets/..",
		                                "/console/%2e",
		                                "/console/assets/app-1a2b.js.gz",
		                                "/console//index.html",
		                                "/console/./index.html",
		                                "/console/index.html/",
		                                "/console/INDEX.HTML",
		                                "/console/assets/app-1a2b",
		                                "/console/assets//app-1a2b.js",
		                                "/console/app-1a2b.js",
		                                "/console/entities/x",
		                                "/console/index.html%20",
		                                "/console/etc/passwd.txt",
		                                "/console/index.html%0d%0aX:1" };
	static const char *const refused_targets[] = { "/console/%2fetc%2fpasswd", "/console/..%5c..%5ckey",
		                                           "/console/index.html%00.js" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		get(none[i], "");
		if (h.status != 404)
			fail_msg("%s: %d", none[i], h.status);
		put_headers();
		heard_says(&h, "Content-Type: application/problem+json\r\n");
		heard_says(&h, "Cache-Control: no-store\r\n");
	}
	for (size_t i = 0; i < ARRAY_LEN(refused_targets); i++) {
		get(refused_targets[i], "");
		heard_status(&h, 400);
	}
	served_ask(&s, "/console/", NULL, "", "x=1", &h);
	heard_status(&h, 405);
	heard_says(&h, "Allow: GET, HEAD\r\n");
	put_headers();
}

/* The head of GET, and no body: the connection then ends. */
static void test_head(void **state)
{
	static const char *const paths[] = { "/console", "/console/", "/console/assets/app-1a2b.js", "/console/nothing" };
	char bytes[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		int fd = served_connect(&s);
		size_t n = 0;
		ssize_t k;

		served_send(fd, "HEAD", paths[i], NULL, "Connection: close\r\n", TEXT(""));
		while ((k = recv(fd, bytes + n, sizeof(bytes) - 1 - n, 0)) > 0)
			n += (size_t)k;
		close(fd);
		bytes[n] = 0;
		assert_true(n > 4 && strcmp(bytes + n - 4, "\r\n\r\n") == 0);
		assert_non_null(strstr(bytes, POLICY));
		assert_non_null(strstr(bytes, i == 0 ? " 303 " : i == 3 ? " 404 " : " 200 "));
	}
}

static void test_no_console(void **state)
{
	static const char *const paths[] = { "/console", "/console/", "/console/index.html", "/console/assets/app-1a2b.js",
		                                 "/" };
	static const struct served_options none = { .desk = true };

	(void)state;
	served_start(&s, &none);
	heard_init(&h);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		get(paths[i], "");
		heard_status(&h, 404);
	}
	get("/console", "");
	heard_says(&h, "urn:duanka:problem:unknown");
	heard_says(&h, "service.console");
	heard_release(&h);
	served_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_no_console),
		cmocka_unit_test_setup_teardown(test_page, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_begin, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_assets, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_encodings, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_no_such_path, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_head, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
