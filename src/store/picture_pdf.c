/* picture_pdf.c - see picture.h: a PDF is looked through, not taken apart. ISO 32000-1.
 *
 * Its objects lie where its own table says, so none may be moved: what is refused is found by name, wherever in the file the name stands, because a reader may be sent to any place of it. Names can also be
 * packed, in object streams. Those are unpacked here if they are what everybody writes (one dictionary without others in it, nothing but FlateDecode); any other stream that a reader could take for one
 * is refused. What remains is told in doc/outlets.md: text that is packed, comments, pictures within. What programs write of themselves and of authors is overwritten with blanks of the same length,
 * unless the file is signed (/ByteRange): a signature would break, and with it what the paper proves. */
#include <zlib.h>
#include "store/picture_int.h"

enum {
	NAME_MAX_BYTES = 24, /* looked at; none that is sought is longer */
	DICTIONARY_BYTES_MAX = 64 << 10,
	LOOKED_BYTES_MAX = 64 << 20,   /* more than once, in all: at ends of dictionaries and strings */
	UNPACKED_BYTES_MAX = 64 << 20, /* in all */
};

struct work {
	size_t looked, unpacked;
	enum err err;
};

static const char refused[] =
	"the PDF holds scripts, forms, attachments, a password or something to start; print it into a new PDF";
static const char unseen[] = "the PDF is packed in a way that can't be looked through; print it into a new PDF";

/* ---- names ---- */

static int hexadecimal(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0;
}

static bool is_delimiter(char c)
{
	return c != 0 && strchr("()<>[]{}/%", c) != NULL;
}

struct name {
	char z[NAME_MAX_BYTES];
	size_t n;
	size_t end; /* in the text */
};

/* The name that begins at i, behind its slash. A letter may be written as a number: J#61vaScript. One that is too long for z is none of those sought. */
static struct name name_at(struct text t, size_t i)
{
	struct name x = { .n = 0 };

	while (i < t.n && !is_blank(t.p[i]) && !is_delimiter(t.p[i]) && x.n < NAME_MAX_BYTES) {
		int high = t.p[i] == '#' && i + 2 < t.n ? hexadecimal(t.p[i + 1]) : -1;
		int low = high >= 0 ? hexadecimal(t.p[i + 2]) : -1;

		x.z[x.n++] = low >= 0 ? (char)(high << 4 | low) : t.p[i];
		i += low >= 0 ? 3 : 1;
	}
	x.end = i;
	return x;
}

static bool named(const struct name *x, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq(text_of(x->z, x->n), text_z(list[i])))
			return true;
	return false;
}

/* The place of the next slash from i on; t.n: none. */
static size_t next_slash(struct text t, size_t i)
{
	const char *p = i < t.n ? memchr(t.p + i, '/', t.n - i) : NULL;

	return p == NULL ? t.n : (size_t)(p - t.p);
}

static size_t skip_blanks(struct text t, size_t i)
{
	while (i < t.n && is_blank(t.p[i]))
		i++;
	return i;
}

/* Two letters stand in packed pictures by chance; these count where a value follows that they could have. */
static bool has_value(struct text t, size_t i)
{
	i = skip_blanks(t, i);
	return i >= t.n || t.p[i] == '(' || t.p[i] == '<' || t.p[i] == '%' || (t.p[i] >= '0' && t.p[i] <= '9');
}

static bool is_active(struct text t)
{
	static const char *const active[] = { "JavaScript", "Launch",    "EmbeddedFile", "EmbeddedFiles", "OpenAction",
		                                  "RichMedia",  "XFA",       "Encrypt",      "Rendition",     "SubmitForm",
		                                  "ImportData", "GoToE",     "GoToR",        "Movie",         "Sound",
		                                  "Filespec",   "Collection" };
	static const char *const brief[] = { "JS", "AA", "EF" };

	for (size_t i = 0; (i = next_slash(t, i)) < t.n; i++) {
		struct name x = name_at(t, i + 1);

		if (x.n > 2 ? named(&x, active, ARRAY_LEN(active)) : named(&x, brief, ARRAY_LEN(brief)) && has_value(t, x.end))
			return true;
	}
	return false;
}

/* ---- object streams ---- */

/* Behind the string that begins at i with its bracket; t.n: it does not end. */
static size_t skip_string(struct text t, size_t i)
{
	uint32_t depth = 0;

	for (; i < t.n; i++) {
		if (t.p[i] == '\\')
			i++;
		else if (t.p[i] == '(')
			depth++;
		else if (t.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return t.n;
}

static size_t skip_comment(struct text t, size_t i)
{
	while (i < t.n && t.p[i] != '\n' && t.p[i] != '\r')
		i++;
	return i;
}

/* Behind the dictionary in which i is; t.n: its end is not in t. */
static size_t dictionary_end(struct text t, size_t i)
{
	uint32_t depth = 1;

	while (i < t.n) {
		if (t.p[i] == '(') {
			i = skip_string(t, i);
		} else if (t.p[i] == '%') {
			i = skip_comment(t, i);
		} else if (i + 1 < t.n && (t.p[i] == '<' || t.p[i] == '>') && t.p[i + 1] == t.p[i]) {
			depth += t.p[i] == '<' ? 1 : (uint32_t)-1;
			i += 2;
			if (depth == 0)
				return i;
		} else {
			i++;
		}
	}
	return t.n;
}

static bool is_plain(char c)
{
	return is_blank(c) || c == '/' || c == '[' || c == ']' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* Whether the dictionary around at, which ends at end, is one of an object stream as everybody writes it. *packed: with FlateDecode. */
static bool is_plain_stream(struct text t, size_t at, size_t end, bool *packed)
{
	static const char *const known[] = { "Type", "ObjStm", "N", "First", "Length", "Filter", "FlateDecode", "Extends" };
	static const char *const flate[] = { "FlateDecode" }, *const first[] = { "First" };
	uint32_t filters = 0, firsts = 0;
	size_t from = at;

	while (from > 0 && at - from < DICTIONARY_BYTES_MAX && is_plain(t.p[from - 1]))
		from--;
	if (from < 2 || t.p[from - 1] != '<' || t.p[from - 2] != '<')
		return false;
	for (size_t i = from; i < end - 2; i++) {
		struct name x;

		if (!is_plain(t.p[i]))
			return false;
		if (t.p[i] != '/')
			continue;
		x = name_at(t, i + 1);
		filters += named(&x, flate, 1);
		firsts += named(&x, first, 1);
		if (!named(&x, known, ARRAY_LEN(known)))
			return false;
	}
	*packed = filters > 0;
	return filters <= 1 && firsts == 1;
}

/* What is packed at i, behind the word stream, is looked through. NULL: nothing is wrong with it. */
static const char *look_inside(struct text t, size_t i, struct work *k)
{
	unsigned char chunk[4096];
	z_stream z = { .next_in = NULL };
	struct buf plain;
	const char *why = unseen;
	int r = Z_OK;

	if (i < t.n && t.p[i] == '\r')
		i++;
	if (i < t.n && t.p[i] == '\n')
		i++;
	if (inflateInit(&z) != Z_OK) {
		k->err = ERR_MEMORY;
		return NULL;
	}
	buf_init(&plain, UNPACKED_BYTES_MAX - k->unpacked);
	z.next_in = (Bytef *)(uintptr_t)(t.p + i);
	z.avail_in = (uInt)(t.n - i);
	while (r == Z_OK && plain.err == ERR_OK) {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		r = inflate(&z, Z_NO_FLUSH);
		buf_add(&plain, chunk, sizeof(chunk) - z.avail_out);
	}
	(void)inflateEnd(&z);
	k->unpacked += plain.n;
	if (plain.err == ERR_MEMORY || r == Z_MEM_ERROR)
		k->err = ERR_MEMORY;
	else if (r == Z_STREAM_END && plain.err == ERR_OK)
		why = is_active(buf_view(&plain)) ? refused : NULL;
	buf_release(&plain);
	return why;
}

/* Every reader needs /First in the dictionary of an object stream; bookmarks have it too, but no stream. */
static const char *look_at_streams(struct text t, struct work *k)
{
	static const char *const first[] = { "First" };
	const char *why = NULL;

	for (size_t i = 0; why == NULL && k->err == ERR_OK && (i = next_slash(t, i)) < t.n; i++) {
		struct name x = name_at(t, i + 1);
		size_t room, end, word;
		bool packed;

		if (!named(&x, first, 1))
			continue;
		room = t.n - i < DICTIONARY_BYTES_MAX ? t.n - i : DICTIONARY_BYTES_MAX;
		end = i + dictionary_end(text_of(t.p + i, room), x.end - i);
		if (end == i + room && room == DICTIONARY_BYTES_MAX)
			return unseen;
		for (word = skip_blanks(t, end); word < t.n && t.p[word] == '%'; word = skip_blanks(t, skip_comment(t, word)))
			;
		k->looked += word - i;
		if (k->looked > LOOKED_BYTES_MAX)
			return unseen;
		if (!picture_begins(text_of(t.p + word, t.n - word), "stream", 6))
			continue;
		if (!is_plain_stream(t, i, end, &packed))
			return unseen;
		if (packed)
			why = look_inside(t, word + 6, k);
	}
	return why;
}

/* ---- what programs write beside it ---- */

static void blank(char *p, size_t n, const char *with)
{
	for (size_t i = 0; i < n; i++)
		p[i] = with[i & 1];
}

/* The value of a key that tells of people or programs. */
static void blank_value(struct text t, size_t i, char *p, struct work *k)
{
	i = skip_blanks(t, i);
	if (i >= t.n)
		return;
	if (t.n - i > DICTIONARY_BYTES_MAX)
		t.n = i + DICTIONARY_BYTES_MAX;
	if (t.p[i] == '(') {
		size_t end = skip_string(t, i);

		if (end - i > 2 && t.p[end - 1] == ')')
			blank(p + i + 1, end - i - 2, "  ");
		k->looked += end - i;
	} else if (t.p[i] == '<') {
		size_t end = i + 1;

		while (end < t.n && (hexadecimal(t.p[end]) >= 0 || is_blank(t.p[end])))
			end++;
		if (end < t.n && t.p[end] == '>')
			blank(p + i + 1, end - i - 1, "20");
		k->looked += end - i;
	}
}

static size_t find(struct text t, size_t from, struct text what)
{
	for (size_t i = from; i + what.n <= t.n; i++) {
		const char *p = memchr(t.p + i, what.p[0], t.n - i - what.n + 1);

		if (p == NULL)
			return t.n;
		i = (size_t)(p - t.p);
		if (memcmp(p, what.p, what.n) == 0)
			return i;
	}
	return t.n;
}

/* Strings of the information dictionary, and XMP that is not packed (its packet, without the processing instructions around it). */
static void blank_notes(char *p, size_t n, struct work *k)
{
	static const char *const told[] = { "Author",  "Title",          "Subject",      "Keywords",
		                                "Creator", "Producer",       "CreationDate", "ModDate",
		                                "Company", "SourceModified", "LastModified" };
	const struct text t = text_of(p, n);

	for (size_t i = 0; (i = find(t, i, TEXT("<?xpacket begin"))) < n;) {
		size_t end = find(t, i, TEXT("<?xpacket end")), from = find(text_of(p, end), i, TEXT("?>"));

		if (from + 2 < end && end < n)
			blank(p + from + 2, end - from - 2, "  ");
		i = end;
	}
	for (size_t i = 0; k->looked <= LOOKED_BYTES_MAX && (i = next_slash(t, i)) < n; i++) {
		struct name x = name_at(t, i + 1);

		if (named(&x, told, ARRAY_LEN(told)))
			blank_value(t, x.end, p, k);
	}
}

/* Up to the last %%EOF and the end of its line. 0: there is none. */
static size_t whole(struct text t)
{
	size_t last = 0;

	for (size_t i = 0; (i = find(t, i, TEXT("%%EOF"))) < t.n; i += 5)
		last = i + 5;
	if (last > 0 && last < t.n && t.p[last] == '\r')
		last++;
	if (last > 0 && last < t.n && t.p[last] == '\n')
		last++;
	return last;
}

const char *picture_clean_pdf(struct text t, struct buf *out)
{
	struct work k = { .err = ERR_OK };
	const char *why;

	t.n = whole(t);
	if (t.n == 0)
		return "the PDF ends too early";
	buf_text(out, t);
	if (out->err != ERR_OK)
		return NULL;
	if (find(t, 0, TEXT("/ByteRange")) == t.n)
		blank_notes(out->p + out->n - t.n, t.n, &k);
	t.p = out->p + out->n - t.n; /* what is looked at is what is kept */
	why = is_active(t) ? refused : k.looked > LOOKED_BYTES_MAX ? unseen : look_at_streams(t, &k);
	if (k.err != ERR_OK)
		out->err = k.err;
	return why;
}
