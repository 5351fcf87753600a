/* test_picture.c - what people upload: what is kept of it and what is not, whatever is cut off or changed; and the sealed files behind it. */
#include "tests/test.h"
#include <dirent.h>
#include <sodium.h>
#include <unistd.h>
#include <zlib.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "store/files.h"

static struct buf in, out;
static struct picture p;
static const char *why;

static void u16(struct buf *b, uint32_t v)
{
	buf_char(b, (char)(v >> 8));
	buf_char(b, (char)v);
}

static void segment(struct buf *b, uint32_t marker, const char *body, size_t n)
{
	u16(b, 0xff00 | marker);
	u16(b, (uint32_t)n + 2);
	buf_add(b, body, n);
}

/* The shape of a JPEG from a telephone: its notes turned by 90 degrees, a place, a comment, a thumbnail's end, and a ZIP behind it. */
static void jpeg(void)
{
	static const char exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
							   "\x88\x25\0\x04\0\0\0\x01\0\0\0\x2a\0\0\0\0GPS 36.0671 120.3826";

	buf_clear(&in);
	u16(&in, 0xffd8);
	segment(&in, 0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0", 14);
	segment(&in, 0xe1, exif, sizeof(exif) - 1);
	segment(&in, 0xe1, "http://ns.adobe.com/xap/1.0/\0<x>owner</x>", 41);
	segment(&in, 0xfe, "taken at home", 13);
	segment(&in, 0xc0, "\x08\x01\x2c\x02\x58\x01\x01\x11\0", 9); /* 600 x 300 */
	segment(&in, 0xda, "\x01\x01\0\0\x3f\0", 6);
	buf_add(&in, "abc\xff\0def\xff\xd0ghi", 13);
	u16(&in, 0xffd9);
	buf_z(&in, "PK\3\4 something else");
}

static void chunk(struct buf *b, const char *name, const char *body, size_t n)
{
	size_t at;

	u16(b, 0);
	u16(b, (uint32_t)n);
	at = b->n;
	buf_add(b, name, 4);
	buf_add(b, body, n);
	uint32_t sum = (uint32_t)crc32(0, (const Bytef *)b->p + at, (uInt)n + 4);
	u16(b, sum >> 16);
	u16(b, sum & 0xffff);
}

static void png(void)
{
	buf_clear(&in);
	buf_add(&in, "\x89PNG\r\n\x1a\n", 8);
	chunk(&in, "IHDR", "\0\0\0\x04\0\0\0\x02\x08\0\0\0\0", 13);
	chunk(&in, "tEXt", "Author\0somebody", 15);
	chunk(&in, "eXIf", "MM\0*GPS", 7);
	chunk(&in, "IDAT", "pixels", 6);
	chunk(&in, "IEND", "", 0);
	buf_z(&in, "behind the end");
}

static enum err clean(void)
{
	buf_clear(&out);
	return picture_clean(buf_view(&in), &p, &out, &why);
}

static bool out_has(const char *z)
{
	return text_contains(buf_view(&out), text_z(z));
}

static void a_telephone_says_less(void **state)
{
	(void)state;
	jpeg();
	assert_int_equal(clean(), ERR_OK);
	assert_int_equal(p.type, PICTURE_JPEG);
	assert_int_equal(p.width, 600);
	assert_int_equal(p.height, 300);
	assert_true(out_has("JFIF") && out_has("abc") && out_has("ghi"));
	assert_false(out_has("GPS") || out_has("owner") || out_has("home") || out_has("PK") || out_has("else"));
	/* Which side is up is still known, and cleaning what is clean changes nothing. */
	buf_clear(&in);
	buf_text(&in, buf_view(&out));
	assert_int_equal(clean(), ERR_OK);
	assert_true(text_eq(buf_view(&in), buf_view(&out)));
	assert_true(text_contains(buf_view(&out), text_of("\x12\x01\x03\0\x01\0\0\0\x06", 9)));
}

static void a_png_says_less(void **state)
{
	(void)state;
	png();
	assert_int_equal(clean(), ERR_OK);
	assert_int_equal(p.type, PICTURE_PNG);
	assert_int_equal(p.width, 4);
	assert_int_equal(p.height, 2);
	assert_true(out_has("pixels"));
	assert_false(out_has("somebody") || out_has("GPS") || out_has("behind"));
	in.p[in.n / 2] ^= 1;
	assert_int_equal(clean(), ERR_FORMAT);
}

/* Every cut, and every changed byte: a clean picture or a reason, and never a byte too many read. */
static void whatever_comes(void **state)
{
	struct rng r;

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		kind == 0 ? jpeg() : png();
		size_t whole = in.n;

		for (size_t n = 0; n < whole; n++) {
			char *cut = mem_alloc(n + 1); /* of its own, so that a sanitizer sees its end */

			memcpy(cut, in.p, n);
			buf_clear(&out);
			why = NULL;
			if (picture_clean(text_of(cut, n), &p, &out, &why) != ERR_OK)
				assert_non_null(why);
			mem_free(cut);
		}
		rng_seed(&r, test_seed(5));
		for (uint64_t i = test_cases(20000); i > 0; i--) {
			size_t at = rng_below(&r, whole);
			char was = in.p[at];

			in.p[at] = (char)rng_next(&r);
			if (clean() == ERR_OK)
				assert_true(p.width <= PICTURE_SIDE_MAX && p.height <= PICTURE_SIDE_MAX && out.n <= in.n + 64);
			in.p[at] = was;
		}
	}
}

static void what_is_refused(void **state)
{
	static const char *const bad[] = { "",
		                               "GIF89a",
		                               "<svg onload='x'/>",
		                               "%PDF-1.4\n",
		                               "%PDF-1.4 /JavaScript %%EOF",
		                               "%PDF-1.4 /J#61v#61Script %%EOF",
		                               "%PDF-1.4 /#4aS %%EOF",
		                               "\xff\xd8\xff\xd9",
		                               "PK\3\4" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		buf_clear(&in);
		buf_z(&in, bad[i]);
		assert_int_equal(clean(), ERR_FORMAT);
		assert_non_null(why);
	}
	buf_clear(&in);
	buf_z(&in, "%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n");
	assert_int_equal(clean(), ERR_OK);
	assert_int_equal(p.type, PICTURE_PDF);
}

/* ---- the files ---- */

static char folder[] = "/tmp/duanka-picture-XXXXXX", path[200];
static struct dictionary *d;
static struct texts *t;
static struct files *f;

/* Removes a folder with what is in it. */
static void tidy(const char *name)
{
	DIR *dir = opendir(name);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		char inside[300];

		snprintf(inside, sizeof(inside), "%s/%.200s", name, e->d_name);
		if (e->d_name[0] != '.' && unlink(inside) != 0)
			tidy(inside);
	}
	if (dir != NULL)
		closedir(dir);
	(void)rmdir(name);
}

static void open_all(void)
{
	struct buf said;
	static const unsigned char master[DICTIONARY_MASTER_BYTES] = "a";

	buf_init(&said, 4096);
	snprintf(path, sizeof(path), "%s/dictionary.sqlite", folder);
	assert_int_equal(dictionary_open(&d, path, master, &said), ERR_OK);
	snprintf(path, sizeof(path), "%s/texts.sqlite", folder);
	assert_int_equal(texts_open(&t, path, d, &said), ERR_OK);
	snprintf(path, sizeof(path), "%s/files", folder);
	assert_int_equal(files_open(&f, path, t, 1 << 20), ERR_OK);
	buf_release(&said);
}

static void close_all(void)
{
	files_close(f);
	texts_close(t);
	dictionary_close(d);
}

static void kept_and_sealed(void **state)
{
	unsigned char id[FILES_ID_BYTES] = { 1, 2, 3 }, other[FILES_ID_BYTES] = { 4 };
	enum picture_type type;
	char from[200], to[200];
	struct text poster = TEXT("a poster about cutting cards");

	(void)state;
	assert_non_null(mkdtemp(folder));
	open_all();
	assert_int_equal(files_add(f, id, PICTURE_PNG, poster, 1700000000000000), ERR_OK);
	assert_int_equal(files_add(f, other, PICTURE_JPEG, TEXT("another"), 1700000000000000), ERR_OK);
	close_all();
	open_all();
	assert_true(files_have(f, id));
	buf_clear(&out);
	assert_int_equal(files_read(f, id, &type, &out), ERR_OK);
	assert_int_equal(type, PICTURE_PNG);
	assert_true(text_eq(buf_view(&out), poster));
	snprintf(from, sizeof(from), "%s/files/01/01020300000000000000000000000000", folder);
	buf_clear(&in);
	assert_int_equal(file_read_all(from, 1 << 20, &in), ERR_OK);
	assert_false(text_contains(buf_view(&in), TEXT("poster")));
	/* Exchanged files are noticed. */
	snprintf(to, sizeof(to), "%s/files/04/04000000000000000000000000000000", folder);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(files_read(f, other, &type, &out), ERR_FORMAT);
	assert_int_equal(files_read(f, id, &type, &out), ERR_ABSENT);
	assert_int_equal(files_erase(f, other), ERR_OK);
	assert_int_equal(files_erase(f, other), ERR_ABSENT);
	assert_int_equal(access(to, F_OK), -1);
	close_all();
}

/* Every allocation and every write fails once: an error, or it is there whole. */
static void failures_leave_nothing_half_done(void **state)
{
	struct text poster = TEXT("a poster about cutting cards");
	enum picture_type type;
	uint32_t failed = 0;

	(void)state;
	open_all();
	for (uint64_t n = 1; n < 40; n++) {
		for (int what = 0; what < 2; what++) {
			unsigned char id[FILES_ID_BYTES] = { 9, (unsigned char)n, (unsigned char)(what + 1) };
			enum err e;

			what == 0 ? mem_fail_at(n) : file_fail_at(n);
			e = files_add(f, id, PICTURE_PNG, poster, 1700000000000000);
			mem_fail_at(0);
			file_fail_at(0);
			failed += e != ERR_OK;
			buf_clear(&out);
			assert_int_equal(files_read(f, id, &type, &out), e == ERR_OK ? ERR_OK : ERR_ABSENT);
		}
	}
	assert_true(failed >= 4);
	uint64_t bytes = files_bytes(f);
	close_all();
	open_all();
	assert_int_equal(files_bytes(f), bytes);
	/* And there is an end to it. */
	static char large[600000];
	unsigned char id[FILES_ID_BYTES] = { 8 };
	assert_int_equal(files_add(f, id, PICTURE_PNG, text_of(large, sizeof(large)), 1700000000000000), ERR_OK);
	id[0] = 7;
	assert_int_equal(files_add(f, id, PICTURE_PNG, text_of(large, sizeof(large)), 1700000000000000), ERR_CAP);
	close_all();
	tidy(folder);
}

static bool note_one(void *ctx, const unsigned char id[FILES_ID_BYTES])
{
	*(uint32_t *)ctx |= 1u << id[1];
	return true;
}

static uint32_t old(int64_t before_us)
{
	uint32_t which = 0;

	assert_int_equal(files_old(f, before_us, note_one, &which), ERR_OK);
	return which;
}

/* Files that came or were used before a time, and only those, are told and go; using one is enough to keep it; when going fails it is there as before. */
static void old_files_go(void **state)
{
	unsigned char id[3][FILES_ID_BYTES] = { { 6, 0 }, { 6, 1 }, { 7, 2 } };
	const int64_t day = 86400 * INT64_C(1000000), t0 = 1700000000 * INT64_C(1000000);
	enum picture_type type;
	enum err e;

	(void)state;
	open_all();
	for (int i = 0; i < 3; i++)
		assert_int_equal(files_add(f, id[i], PICTURE_PNG, TEXT("a poster"), t0 + i * day), ERR_OK);
	assert_int_equal(old(t0), 0);
	assert_int_equal(old(t0 + 1), 1);
	assert_int_equal(old(t0 + 3 * day), 7);
	assert_true(files_use(f, id[0], t0 + 5 * day));
	assert_int_equal(old(t0 + 3 * day), 6);
	assert_int_equal(files_drop(f, id[0], t0 + 3 * day), ERR_ABSENT); /* it was used meanwhile */
	for (uint64_t n = 1;; n++) {
		mem_fail_at(n);
		e = files_drop(f, id[1], t0 + 3 * day);
		mem_fail_at(0);
		if (e == ERR_OK)
			break;
		assert_true(n < 1000);
		buf_clear(&out);
		assert_int_equal(files_read(f, id[1], &type, &out), ERR_OK);
	}
	assert_false(files_use(f, id[1], t0));
	assert_int_equal(files_drop(f, id[1], t0 + 3 * day), ERR_ABSENT);
	assert_int_equal(old(t0 + 9 * day), 5);
	uint64_t bytes = files_bytes(f);
	close_all();
	open_all();
	assert_int_equal(files_bytes(f), bytes);
	assert_int_equal(old(t0 + 3 * day), 4); /* times are kept */
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_telephone_says_less),
		cmocka_unit_test(a_png_says_less),
		cmocka_unit_test(whatever_comes),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(kept_and_sealed),
		cmocka_unit_test(old_files_go),
		cmocka_unit_test(failures_leave_nothing_half_done),
	};
	int failed;

	assert_true(sodium_init() >= 0);
	buf_init(&in, PICTURE_BYTES_MAX);
	buf_init(&out, PICTURE_BYTES_MAX + 64);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&in);
	buf_release(&out);
	return failed;
}
