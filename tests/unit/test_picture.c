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

/* The n bytes of the rows, packed, with something behind the stream's end; in two chunks. */
static void pixels(const char *behind, size_t n)
{
	static const char row[64] = { 0 };
	char packed[256];
	uLong got = sizeof(packed);

	assert_true(n <= sizeof(row));
	assert_int_equal(compress((Bytef *)packed, &got, (const Bytef *)row, n), Z_OK);
	memcpy(packed + got, behind, strlen(behind));
	got += strlen(behind);
	chunk(&in, "IDAT", packed, 3);
	chunk(&in, "IDAT", packed + 3, got - 3);
}

/* 4 x 2, 8 bits of grey, and what programs like to write. */
static void png_with(const char *behind, size_t n)
{
	buf_clear(&in);
	buf_add(&in, "\x89PNG\r\n\x1a\n", 8);
	chunk(&in, "IHDR", "\0\0\0\x04\0\0\0\x02\x08\0\0\0\0", 13);
	chunk(&in, "tEXt", "Author\0somebody", 15);
	chunk(&in, "eXIf", "MM\0*GPS", 7);
	chunk(&in, "pHYs", "a long note about me", 20);
	chunk(&in, "bKGD", "another note", 12);
	pixels(behind, n);
	chunk(&in, "IEND", "", 0);
	buf_z(&in, "behind the end");
}

static void png(void)
{
	png_with("in the shadow", 10);
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
	assert_true(out_has("IDAT"));
	assert_false(out_has("somebody") || out_has("GPS") || out_has("behind") || out_has("note") || out_has("shadow"));
	for (int more = -1; more <= 1; more += 2) { /* fewer pixels than the head says, and more */
		png_with("", (size_t)(10 + more));
		assert_int_equal(clean(), ERR_FORMAT);
		assert_non_null(strstr(why, "pixels"));
	}
	png();
	in.p[in.n / 2] ^= 1;
	assert_int_equal(clean(), ERR_FORMAT);
	/* Interlaced: the passes of 4 x 2 have 1, 0, 0, 1, 0, 2, 1 rows, of 1, 1, 2 and 4 pixels. */
	buf_clear(&in);
	buf_add(&in, "\x89PNG\r\n\x1a\n", 8);
	chunk(&in, "IHDR", "\0\0\0\x04\0\0\0\x02\x08\0\0\0\x01", 13);
	pixels("", 2 + 2 + 3 + 5);
	chunk(&in, "IEND", "", 0);
	assert_int_equal(clean(), ERR_OK);
	/* A palette, its transparency, nothing else of this length. */
	for (uint32_t colours = 1; colours < 4; colours++) {
		buf_clear(&in);
		buf_add(&in, "\x89PNG\r\n\x1a\n", 8);
		chunk(&in, "IHDR", "\0\0\0\x04\0\0\0\x02\x08\x03\0\0\0", 13);
		chunk(&in, "PLTE", "abcdef", 6);
		chunk(&in, "tRNS", "xyz", colours);
		pixels("", 10);
		chunk(&in, "IEND", "", 0);
		assert_int_equal(clean(), colours <= 2 ? ERR_OK : ERR_FORMAT);
		assert_true(colours > 2 || (out_has("PLTE") && out_has("tRNS")));
	}
}

/* A JPEG of segments and a scan; out has none of the note. */
static enum err jpeg_with(uint32_t marker, const char *body, size_t n)
{
	buf_clear(&in);
	u16(&in, 0xffd8);
	segment(&in, marker, body, n);
	segment(&in, 0xc0, "\x08\x01\x2c\x02\x58\x01\x01\x11\0", 9);
	segment(&in, 0xda, "\x01\x01\0\0\x3f\0", 6);
	buf_z(&in, "abc");
	u16(&in, 0xffd9);
	return clean();
}

/* Only what pixels need, and of its own length. */
static void a_jpeg_has_known_parts(void **state)
{
	static const uint32_t left[] = { 0xc8, 0xcc, 0xde, 0xdf, 0xe0, 0xe1, 0xe2, 0xe5,
		                             0xed, 0xee, 0xef, 0xf0, 0xf7, 0xfd, 0xfe };
	static const uint32_t of_a_length[] = { 0xc0, 0xc4, 0xda, 0xdb, 0xdc, 0xdd };
	static const char note[] = "ICC_PROFILE\0a note of somebody", adobe[] = "Adobe\0\x64no\0\0\x01 and a note";
	static const char table[65] = "\0", huffman[17 + 2] = "\0\x02";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(left); i++) {
		assert_int_equal(jpeg_with(left[i], note, sizeof(note) - 1), ERR_OK);
		assert_false(out_has("note") || out_has("ICC"));
	}
	for (size_t i = 0; i < ARRAY_LEN(of_a_length); i++) {
		assert_int_equal(jpeg_with(of_a_length[i], note, sizeof(note) - 1), ERR_FORMAT);
		assert_non_null(strstr(why, "length"));
	}
	assert_int_equal(jpeg_with(0xee, adobe, sizeof(adobe) - 1), ERR_OK);
	assert_false(out_has("Adobe"));
	assert_int_equal(jpeg_with(0xee, adobe, 12), ERR_OK); /* how colours are meant, and no word more */
	assert_true(out_has("Adobe") && !out_has("no"));
	assert_true(text_contains(buf_view(&out), text_of("Adobe\0\x64\0\0\0\0\x01", 12)));
	assert_int_equal(jpeg_with(0xdb, table, 65), ERR_OK);
	assert_int_equal(jpeg_with(0xdb, table, 64), ERR_FORMAT);
	assert_int_equal(jpeg_with(0xc4, huffman, 19), ERR_OK);
	assert_int_equal(jpeg_with(0xc4, huffman, 18), ERR_FORMAT);
	assert_int_equal(jpeg_with(0xc9, "\x08\x01\x2c\x02\x58\x01\x01\x11\0", 9), ERR_FORMAT); /* arithmetic */
}

/* A PDF with an object stream of these objects; dictionary: what stands in it beside the rest. */
static enum err pdf_with(const char *dictionary, const char *objects)
{
	char packed[4096];
	uLong n = sizeof(packed);

	assert_int_equal(compress((Bytef *)packed, &n, (const Bytef *)objects, strlen(objects)), Z_OK);
	buf_clear(&in);
	buf_printf(&in, "%%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Length %u%s>>\nstream\r\n", (unsigned)n,
	           dictionary);
	buf_add(&in, packed, n);
	buf_z(&in, "\nendstream endobj\n%%EOF\n");
	return clean();
}

static void what_a_pdf_hides(void **state)
{
	static const char script[] = "5 0 <</S/Java#53cript/JS(app.alert(1))>>";
	static const char notes[] =
		"%PDF-1.4\n1 0 obj <</Author (Li (the \\) elder)) /Producer<feff0041>/Title 3 0 R>> endobj\n"
		"<?xpacket begin=''?><dc:creator>Li</dc:creator><?xpacket end='w'?>\n"
		"2 0 obj <</Font <</AAAAAA+Arial 3 0 R>>>> endobj %%EOF\n";

	(void)state;
	assert_int_equal(pdf_with("/Filter/FlateDecode", "5 0 <</Type/Page>>"), ERR_OK);
	assert_int_equal(pdf_with("/Filter [/FlateDecode]", script), ERR_FORMAT);
	assert_non_null(strstr(why, "scripts"));
	assert_int_equal(pdf_with("/Filter/FlateDecode/DecodeParms<</Predictor 12>>", script), ERR_FORMAT);
	assert_non_null(strstr(why, "packed"));
	assert_int_equal(pdf_with("/Filter[/FlateDecode/FlateDecode]", script), ERR_FORMAT);
	assert_int_equal(pdf_with("/Filter/LZWDecode", script), ERR_FORMAT);
	assert_int_equal(pdf_with("/X(>>)/Filter/FlateDecode", script), ERR_FORMAT);
	assert_int_equal(pdf_with("/F#69rst 3/Filter/FlateDecode", script), ERR_FORMAT);
	buf_clear(&in); /* bookmarks have a first one, too */
	buf_z(&in, "%PDF-1.4\n1 0 obj <</Type/Outlines/First 2 0 R/Last 2 0 R>> endobj\n%%EOF\n");
	assert_int_equal(clean(), ERR_OK);
	buf_clear(&in);
	buf_z(&in, notes);
	buf_z(&in, "and something behind");
	assert_int_equal(clean(), ERR_OK);
	assert_int_equal(out.n, sizeof(notes) - 1); /* nothing has moved */
	assert_false(out_has("Li") || out_has("elder") || out_has("feff") || out_has("creator") || out_has("behind"));
	assert_true(out_has("/Title 3 0 R>> endobj"));
	in.n -= strlen("%%EOF\nand something behind"); /* signed: as it is, or it would prove nothing */
	buf_z(&in, "/ByteRange [0 1 2 3] %%EOF");
	assert_int_equal(clean(), ERR_OK);
	assert_true(text_eq(buf_view(&in), buf_view(&out)));
}

/* A small file that unpacks without end is refused, soon. */
static void bombs(void **state)
{
	const size_t n = 80 << 20;
	char *zeros = mem_alloc(n), *packed = mem_alloc(n / 500);
	uLong got = n / 500;

	(void)state;
	assert_non_null(zeros);
	assert_non_null(packed);
	memset(zeros, 0, n);
	assert_int_equal(compress((Bytef *)packed, &got, (const Bytef *)zeros, n), Z_OK);
	buf_clear(&in);
	buf_add(&in, "\x89PNG\r\n\x1a\n", 8);
	chunk(&in, "IHDR", "\0\0\0\x04\0\0\0\x02\x08\0\0\0\0", 13);
	size_t at = in.n;
	buf_clear(&out);
	u16(&in, (uint32_t)got >> 16);
	u16(&in, got & 0xffff);
	buf_z(&in, "IDAT");
	buf_add(&in, packed, got);
	uint32_t sum = (uint32_t)crc32(0, (const Bytef *)in.p + at + 4, (uInt)got + 4);
	u16(&in, sum >> 16);
	u16(&in, sum & 0xffff);
	chunk(&in, "IEND", "", 0);
	assert_int_equal(clean(), ERR_FORMAT);
	buf_clear(&in);
	buf_z(&in, "%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>\nstream\n");
	buf_add(&in, packed, got);
	buf_z(&in, "%%EOF");
	assert_int_equal(clean(), ERR_FORMAT);
	assert_non_null(strstr(why, "packed"));
	mem_free(zeros);
	mem_free(packed);
}

/* Every cut, and every changed byte: a clean picture or a reason, and never a byte too many read. */
static void whatever_comes(void **state)
{
	struct rng r;

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		if (kind == 2)
			assert_int_equal(pdf_with("/Filter/FlateDecode", "5 0 <</Type/Page>>"), ERR_OK);
		else
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
		                               "%PDF-1.4 /#4aS 4 0 R %%EOF",
		                               "%PDF-1.4 /AA<</O 4 0 R>> %%EOF",
		                               "%PDF-1.4 /AA%\n<</O 4 0 R>> %%EOF",
		                               "%PDF-1.4 /Launch %%EOF",
		                               "%PDF-1.4 /Encrypt 5 0 R %%EOF",
		                               "%PDF-1.4 /EmbeddedFiles 5 0 R %%EOF",
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
	assert_int_equal(files_add(f, id, PICTURE_PNG, poster, 7, 1700000000000000), ERR_OK);
	assert_int_equal(files_add(f, other, PICTURE_JPEG, TEXT("another"), 7, 1700000000000000), ERR_OK);
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
			e = files_add(f, id, PICTURE_PNG, poster, 7, 1700000000000000);
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
	assert_int_equal(files_add(f, id, PICTURE_PNG, text_of(large, sizeof(large)), 7, 1700000000000000), ERR_OK);
	id[0] = 7;
	assert_int_equal(files_add(f, id, PICTURE_PNG, text_of(large, sizeof(large)), 7, 1700000000000000), ERR_CAP);
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
		assert_int_equal(files_add(f, id[i], PICTURE_PNG, TEXT("a poster"), 7, t0 + i * day), ERR_OK);
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

/* Whose a file is, and what for, is told from everybody and everything else, and outlives a restart; a failed claim is none. */
static void a_file_is_somebodys(void **state)
{
	const unsigned char id[FILES_ID_BYTES] = { 5 }, public[FILES_ID_BYTES] = { 5, 5 };
	const unsigned char one[FILES_USE_BYTES] = { 1 }, other[FILES_USE_BYTES] = { 2 };
	const int64_t now = 1700000000000000;
	enum picture_type type;
	bool anew;
	enum err e;

	(void)state;
	open_all();
	assert_int_equal(files_add(f, id, PICTURE_PNG, TEXT("a poster"), UINT64_C(1) << 40 | 7, now), ERR_OK);
	assert_int_equal(files_add(f, public, PICTURE_PNG, TEXT("a poster"), 0, now), ERR_OK);
	assert_int_equal(files_claim(f, public, 0, one, now, &anew), ERR_ABSENT);
	assert_int_equal(files_claim(f, id, 7, one, now, &anew), ERR_ABSENT);
	for (uint64_t n = 1;; n++) {
		mem_fail_at(n);
		e = files_claim(f, id, UINT64_C(1) << 40 | 7, one, now, &anew);
		mem_fail_at(0);
		if (e == ERR_OK)
			break;
		assert_true(n < 1000);
	}
	assert_true(anew);
	close_all();
	open_all();
	assert_int_equal(files_claim(f, id, UINT64_C(1) << 40 | 7, other, now, &anew), ERR_ABSENT);
	assert_int_equal(files_claim(f, id, UINT64_C(1) << 40 | 7, one, now, &anew), ERR_OK);
	assert_false(anew);
	assert_int_equal(files_unclaim(f, id, other, now), ERR_OK); /* not its own */
	assert_int_equal(files_claim(f, id, UINT64_C(1) << 40 | 7, other, now, &anew), ERR_ABSENT);
	assert_int_equal(files_unclaim(f, id, one, now), ERR_OK);
	assert_int_equal(files_claim(f, id, UINT64_C(1) << 40 | 7, other, now, &anew), ERR_OK);
	assert_true(anew);
	buf_clear(&out);
	assert_int_equal(files_read(f, id, &type, &out), ERR_OK);
	assert_true(text_eq(buf_view(&out), TEXT("a poster")));
	assert_int_equal(files_erase(f, id), ERR_OK);
	assert_int_equal(files_erase(f, public), ERR_OK);
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_telephone_says_less),
		cmocka_unit_test(a_png_says_less),
		cmocka_unit_test(a_jpeg_has_known_parts),
		cmocka_unit_test(what_a_pdf_hides),
		cmocka_unit_test(bombs),
		cmocka_unit_test(whatever_comes),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(kept_and_sealed),
		cmocka_unit_test(a_file_is_somebodys),
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
