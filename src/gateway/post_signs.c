/* post_signs.c - see post_signs.h. A text is read glyph by glyph; nothing is kept of it but the groups of the number at hand. */
#include "gateway/post_signs.h"
#include "gateway/page.h"

enum {
	HIDDEN_MIN = 7, /* digits: the shortest landline */
	KEPT = 3,
	LEFT_MAX = 2,  /* digits beside units that make no number of them */
	IDENTITY = 17, /* digits before an X */
	SERVICE_LINE = 10,
	LIKE_DIGITS = 2, /* of a number whose others are letters that look like some: lololol1 is none */
	GROUPS_MAX = 32,
	GROUP_DIGITS = 9 /* whose value is known; longer ones are in no unit */
};

enum sign {
	OTHER,
	DIGIT,
	BETWEEN,
	POINT, /* between digits, and in a host's name */
	LETTER
};

struct glyph {
	size_t end;
	uint32_t u, value; /* value: of a digit; a small ASCII letter; of a sign the ASCII one */
	uint8_t digits;    /* 2: a circled 12 */
	enum sign sign;
};

/* ---- how a character is read ---- */

/* From..to count up from value. */
static const struct run {
	uint32_t from, to, value;
} digit_runs[] = {
	{ '0', '9', 0 },         { 0xb2, 0xb3, 2 },       { 0xb9, 0xb9, 1 },       { 0x660, 0x669, 0 },
	{ 0x6f0, 0x6f9, 0 },     { 0x966, 0x96f, 0 },     { 0xe50, 0xe59, 0 },     { 0x2070, 0x2070, 0 },
	{ 0x2074, 0x2079, 4 },   { 0x2080, 0x2089, 0 },   { 0x2160, 0x216b, 1 },   { 0x2170, 0x217b, 1 },
	{ 0x2460, 0x2473, 1 },   { 0x2474, 0x2487, 1 },   { 0x2488, 0x249b, 1 },   { 0x24ea, 0x24ea, 0 },
	{ 0x24eb, 0x24f4, 11 },  { 0x24f5, 0x24fe, 1 },   { 0x24ff, 0x24ff, 0 },   { 0x25cb, 0x25cb, 0 },
	{ 0x25ef, 0x25ef, 0 },   { 0x2776, 0x277f, 1 },   { 0x2780, 0x2789, 1 },   { 0x278a, 0x2793, 1 },
	{ 0x3007, 0x3007, 0 },   { 0x3021, 0x3029, 1 },   { 0x3220, 0x3229, 1 },   { 0x3251, 0x325f, 21 },
	{ 0x3280, 0x3289, 1 },   { 0x32b1, 0x32bf, 36 },  { 0xff10, 0xff19, 0 },   { 0x1d7ce, 0x1d7d7, 0 },
	{ 0x1d7d8, 0x1d7e1, 0 }, { 0x1d7e2, 0x1d7eb, 0 }, { 0x1d7ec, 0x1d7f5, 0 }, { 0x1d7f6, 0x1d7ff, 0 },
	{ 0x1f101, 0x1f10a, 0 }, { 0x1f10b, 0x1f10b, 0 }, { 0x1fbf0, 0x1fbf9, 0 },
};

/* 零一幺二三四五六七八九, and as they stand on cheques. */
static const struct run words[] = {
	{ 0x96f6, 0, 0 }, { 0x4e00, 0, 1 }, { 0x5e7a, 0, 1 }, { 0x4e8c, 0, 2 }, { 0x4e09, 0, 3 }, { 0x56db, 0, 4 },
	{ 0x4e94, 0, 5 }, { 0x516d, 0, 6 }, { 0x4e03, 0, 7 }, { 0x516b, 0, 8 }, { 0x4e5d, 0, 9 }, { 0x58f9, 0, 1 },
	{ 0x8d30, 0, 2 }, { 0x8cb3, 0, 2 }, { 0x53c1, 0, 3 }, { 0x53c3, 0, 3 }, { 0x8086, 0, 4 }, { 0x4f0d, 0, 5 },
	{ 0x9646, 0, 6 }, { 0x9678, 0, 6 }, { 0x67d2, 0, 7 }, { 0x634c, 0, 8 }, { 0x7396, 0, 9 },
};

static bool digit_of(uint32_t u, uint32_t *value)
{
	for (size_t i = 0; i < ARRAY_LEN(digit_runs); i++)
		if (u >= digit_runs[i].from && u <= digit_runs[i].to) {
			*value = digit_runs[i].value + (u - digit_runs[i].from);
			return true;
		}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (u == words[i].from) {
			*value = words[i].value;
			return true;
		}
	return false;
}

/* A small ASCII letter; 0: it is none. Full-width, circled and mathematical ones are read as such, and hosts' names take them. */
static uint32_t letter_of(uint32_t u)
{
	u = u >= 0xff01 && u <= 0xff5e ? u - 0xfee0 : u;
	if (u >= 0x24b6 && u <= 0x24e9)
		return 'a' + (u - 0x24b6) % 26;
	if (u >= 0x1d400 && u <= 0x1d6a3)
		return 'a' + (u - 0x1d400) % 26;
	if (u >= 0x1f130 && u <= 0x1f149)
		return 'a' + (u - 0x1f130);
	return u < 0x80 && (u | 0x20) >= 'a' && (u | 0x20) <= 'z' ? u | 0x20 : 0;
}

/* What is seen on or in the character before it, or not at all: accents, selectors of a variant, fillers, tags. */
static bool mark(uint32_t u)
{
	return (u >= 0x300 && u <= 0x36f) || u == 0x115f || u == 0x1160 || (u >= 0x180b && u <= 0x180f) ||
	       (u >= 0x206a && u <= 0x206f) || (u >= 0x20d0 && u <= 0x20ff) || u == 0x3164 ||
	       (u >= 0xfe00 && u <= 0xfe0f) || u == 0xffa0 || (u >= 0xe0000 && u <= 0xe0fff);
}

static bool sign_of(uint32_t u)
{
	return mark(u) || u == ' ' || u == '\t' || u == '\n' || (u > 0x20 && u < 0x7f) || (u >= 0xa0 && u <= 0xbf) ||
	       u == 0xd7 || (u >= 0x2000 && u <= 0x206f) || u == 0x20e3 || (u >= 0x2190 && u <= 0x22ff) ||
	       (u >= 0x2500 && u <= 0x27bf) || (u >= 0x3000 && u <= 0x303f) || u == 0x30fb ||
	       (u >= 0xfe00 && u <= 0xfe6f) || (u >= 0xff01 && u <= 0xff0f) || (u >= 0xff1a && u <= 0xff20) ||
	       (u >= 0xff3b && u <= 0xff40) || (u >= 0xff5b && u <= 0xff65) || (u >= 0x1f300 && u <= 0x1faff);
}

static struct glyph glyph_at(struct text t, size_t at)
{
	struct glyph g = { .end = at };
	uint32_t letter;

	g.u = g.value = page_next(t, &g.end);
	if (digit_of(g.u, &g.value)) {
		g.sign = DIGIT;
		g.digits = g.value > 9 ? 2 : 1;
	} else if ((letter = letter_of(g.u)) != 0) {
		g.sign = LETTER;
		g.value = letter;
	} else if (g.u == '.' || g.u == 0x3002 || g.u == 0xff0e || g.u == 0xff61 || g.u == 0x70b9) { /* 。 and 点 */
		g.sign = POINT;
		g.value = '.';
	} else if (sign_of(g.u)) {
		g.sign = BETWEEN;
		g.value = g.u >= 0xff01 && g.u <= 0xff5e ? g.u - 0xfee0 : g.u == 0x3000 || g.u == 0xa0 ? ' ' : g.u;
	}
	return g;
}

/* ---- letters that stand for digits ---- */

/* O o, Greek and Cyrillic ones; l I, and theirs. Not |: it is a sign, and parts digits as others do. */
static bool looks_like(uint32_t u, uint32_t *value)
{
	u = u >= 0xff01 && u <= 0xff5e ? u - 0xfee0 : u;
	*value = u == 'l' || u == 'I' || u == 0x399 || u == 0x406 || u == 0x4c0 || u == 0x4cf ||
	         (u >= 0x80 && letter_of(u) == 'l');
	return *value == 1 || letter_of(u) == 'o' || u == 0x39f || u == 0x3bf || u == 0x41e || u == 0x43e;
}

/* Latin letters with marks, Greek, Cyrillic. */
static bool other_letter(uint32_t u)
{
	return u >= 0xc0 && u < 0x530 && u != 0xd7 && u != 0xf7 && !mark(u);
}

/* Reads glyph by glyph; in a word that is a number, letters are digits. It may begin behind a digit of a number: what is
 * left of a word that is none is none either. */
struct reader {
	struct text t;
	size_t at, word_end;
	bool numeral; /* the word up to word_end */
};

/* The word at r->at: digits and letters with nothing between but the asterisks of post_mask, so that a word masked is what it
 * was. It is a number if it is as long as one and has no letters but those that look like digits: ISO9001, O2O, 100l and
 * I5-12400 are none. */
static void look_at_word(struct reader *r)
{
	uint32_t n = 0, digits = 0, others = 0, value;

	for (size_t at = r->at; at < r->t.n;) {
		struct glyph g = glyph_at(r->t, at);
		bool letter = g.sign == LETTER || other_letter(g.u);

		if (g.sign != DIGIT && !letter && g.u != '*' && g.u != 0xff0a && !mark(g.u))
			break;
		n += g.sign == DIGIT || letter;
		digits += g.sign == DIGIT;
		others += letter && !looks_like(g.u, &value);
		r->word_end = at = g.end;
	}
	r->numeral = n >= HIDDEN_MIN && digits >= LIKE_DIGITS && others == 0;
}

static struct glyph next(struct reader *r)
{
	struct glyph g = glyph_at(r->t, r->at);
	uint32_t value;

	if (r->at >= r->word_end) {
		r->word_end = g.end;
		look_at_word(r);
	}
	if (r->numeral && looks_like(g.u, &value)) {
		g.sign = DIGIT;
		g.digits = 1;
		g.value = value;
	}
	r->at = g.end;
	return g;
}

/* ---- numbers ---- */

/* Digits in a row, and what stands between them and the next: one sign, or 0 for more than one. */
struct group {
	uint32_t digits, value, between;
};

struct number {
	size_t end; /* behind its last digit, or its X */
	uint32_t digits, n, first;
	uint32_t behind; /* the character after it, blanks aside; 0: none */
	bool beyond;     /* more groups than are kept */
	struct group group[GROUPS_MAX];
};

static void add_digit(struct number *n, const struct glyph *g, uint32_t signs, uint32_t sign)
{
	struct group *of;

	if (n->digits > 0 && signs == 0) {
		of = &n->group[n->n - 1];
	} else {
		if (n->n > 0)
			n->group[n->n - 1].between = signs == 1 ? sign : 0;
		n->beyond = n->beyond || n->n == GROUPS_MAX;
		n->n += n->n < GROUPS_MAX;
		of = &n->group[n->n - 1];
		*of = (struct group){ .digits = 0 };
	}
	if (of->digits + g->digits <= GROUP_DIGITS)
		of->value = of->value * (g->digits == 2 ? 100 : 10) + g->value;
	of->digits += g->digits;
	n->first = n->digits < KEPT ? n->first * (g->digits == 2 ? 100 : 10) + g->value : n->first;
	n->digits += g->digits;
	n->end = g->end;
}

/* The number that begins with the digit at r.at. */
static void number_at(struct reader r, struct number *n)
{
	uint32_t signs = 0, sign = 0;

	*n = (struct number){ .end = r.at };
	while (r.at < r.t.n && signs <= POST_BETWEEN_MAX) {
		struct glyph g = next(&r);

		if (g.sign == DIGIT) {
			add_digit(n, &g, signs, sign);
			n->behind = signs = 0;
			continue;
		}
		n->behind = n->behind == 0 && g.value != ' ' ? g.u : n->behind;
		if (g.sign == LETTER && g.value == 'x' && signs == 0 && n->digits >= IDENTITY)
			n->end = g.end;
		if (g.sign != BETWEEN && g.sign != POINT)
			break;
		sign = g.value;
		signs++;
	}
}

static bool is(const struct group *g, uint32_t digits_min, uint32_t digits_max, uint32_t from, uint32_t to)
{
	return g->digits >= digits_min && g->digits <= digits_max && g->value >= from && g->value <= to;
}

/* Numbers that everybody knows and that a board against fraud is full of. */
static uint32_t service(const struct group *g, uint32_t n)
{
	static const uint32_t known[] = { 110,   114,   119,   120,   122,   10000, 10010, 10086, 10099, 11185,
		                              12110, 12119, 12306, 12309, 12315, 12321, 12337, 12345, 12348, 12355,
		                              12360, 12363, 12368, 12377, 12378, 12381, 12386, 12389, 96110, 100000 };

	if (n > 0 && is(g, 5, 5, 95500, 95599))
		return 1;
	for (size_t i = 0; n > 0 && i < ARRAY_LEN(known); i++)
		if (is(g, 3, 6, known[i], known[i]))
			return 1;
	return 0;
}

/* 2026-11-26; 2026.11. */
static uint32_t date(const struct group *g, uint32_t n)
{
	if (n < 2 || !is(&g[0], 4, 4, 1949, 2099) || !is(&g[1], 1, 2, 1, 12) || g[0].between == 0)
		return 0;
	return n > 2 && g[1].between == g[0].between && is(&g[2], 1, 2, 1, 31) ? 3 : 2;
}

/* 9:30, 09:30:00, 9点30. */
static uint32_t time_of_day(const struct group *g, uint32_t n)
{
	if (n < 2 || !is(&g[0], 1, 2, 0, 24) || !is(&g[1], 2, 2, 0, 59) || (g[0].between != ':' && g[0].between != '.'))
		return 0;
	return n > 2 && g[0].between == ':' && g[1].between == ':' && is(&g[2], 2, 2, 0, 59) ? 3 : 2;
}

/* 1,234,567.89 of at most eight digits before the point. */
static uint32_t amount(const struct group *g, uint32_t n)
{
	uint32_t k = 1, digits = n > 0 ? g[0].digits : 0;

	if (n < 2 || digits > 3 || g[0].between != ',')
		return 0;
	while (k < n && g[k - 1].between == ',' && g[k].digits == 3)
		digits += g[k++].digits;
	if (k == 1 || digits > 8)
		return 0;
	return k + (k < n && g[k - 1].between == '.' && g[k].digits <= 2);
}

/* 3000-5000元, 3000元: at the end of the number, and before a word for money. */
static uint32_t price(const struct group *g, uint32_t n, uint32_t behind)
{
	if (behind != 0x5143 && behind != 0x5757 && behind != 0x4e07 && behind != 0x5706) /* 元块万圆 */
		return 0;
	if (n == 2 && g[0].digits <= 5 && g[1].digits <= 5 &&
	    (g[0].between == '-' || g[0].between == '~' || g[0].between == 0x2014))
		return 2;
	if (n == 2 && g[0].digits <= 6 && g[1].digits <= 2 && g[0].between == '.')
		return 2;
	return n == 1 && g[0].digits <= 6 ? 1 : 0;
}

/* 1、2、3、4: one after the other. */
static uint32_t counting(const struct group *g, uint32_t n)
{
	uint32_t k = 1;

	while (k < n && g[k].digits <= 2 && g[k].value == g[k - 1].value + 1)
		k++;
	return k > 2 && g[0].digits <= 2 ? k : 0;
}

static bool hidden(const struct number *n)
{
	uint32_t left = 0;

	if (n->digits < HIDDEN_MIN || (n->digits == SERVICE_LINE && (n->first == 400 || n->first == 800)))
		return false;
	for (uint32_t i = 0; i < n->n && !n->beyond;) {
		const struct group *g = &n->group[i];
		uint32_t more = n->n - i, k = service(g, more);

		k = k != 0 ? k : date(g, more);
		k = k != 0 ? k : time_of_day(g, more);
		k = k != 0 ? k : amount(g, more);
		k = k != 0 ? k : price(g, more, n->behind);
		k = k != 0 ? k : counting(g, more);
		left += k == 0 ? g->digits : 0;
		i += k == 0 ? 1 : k;
	}
	return n->beyond || left > LEFT_MAX;
}

/* The next number that is hidden, from r on: *from stands at its first digit, r goes behind it. */
static bool next_hidden(struct reader *r, struct reader *from)
{
	struct number n;

	while (r->at < r->t.n) {
		*from = *r;
		if (next(r).sign != DIGIT)
			continue;
		number_at(*from, &n);
		r->at = n.end;
		if (hidden(&n))
			return true;
	}
	return false;
}

bool post_number_in(struct text t)
{
	struct reader r = { .t = t }, from;

	return next_hidden(&r, &from);
}

void post_mask(struct text t, struct buf *out)
{
	struct reader r = { .t = t }, from;
	size_t done = 0;

	while (next_hidden(&r, &from)) {
		uint32_t seen = 0;

		buf_add(out, t.p + done, from.at - done);
		for (done = from.at; done < r.at; done = from.at) {
			struct glyph g = next(&from);

			seen += g.sign == DIGIT ? g.digits : g.sign == LETTER ? KEPT + 1 : 0;
			if (seen > KEPT && (g.sign == DIGIT || g.sign == LETTER))
				buf_z(out, g.u < 0x80 ? "*" : "\xef\xbc\x8a");
			else
				buf_add(out, t.p + done, g.end - done);
		}
	}
	buf_add(out, t.p + done, t.n - done);
}

/* ---- links ---- */

/* What a host's name may end in where its point is in doubt; where it is not, any two letters do. strict: none that is a word of English, too. */
static bool known_end(const char *z, size_t n, bool strict)
{
	enum {
		NO_WORDS = 12
	};
	static const char *const ends[] = { "com", "cn",   "net", "org", "xyz",  "vip",  "cc",   "icu",   "ltd",  "tv",
		                                "hk",  "tw",   "io",  "me",  "top",  "info", "site", "shop",  "club", "online",
		                                "app", "link", "pro", "fun", "live", "work", "tech", "store", "co",   "wang" };

	for (size_t i = 0; i < (strict ? NO_WORDS : ARRAY_LEN(ends)); i++)
		if (strlen(ends[i]) == n && memcmp(ends[i], z, n) == 0)
			return true;
	return false;
}

/* .中国 .公司 .网络 .网址 */
static bool chinese_end(struct text t, size_t at)
{
	static const char *const ends[] = { "中国", "公司", "网络", "网址", "商城", "集团" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (t.n - at >= strlen(ends[i]) && memcmp(t.p + at, ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

/* What stands behind the point before `at`. parted: a blank stands before it; doubt: it need not be a host's name that stands there. */
static bool host_ends_at(struct text t, size_t at, bool parted, bool doubt, uint32_t point)
{
	char z[24];
	size_t n = 0;
	bool close = true;

	if (!parted && point != 0x3002 && chinese_end(t, at))
		return true;
	while (at < t.n && n < sizeof(z)) {
		struct glyph g = glyph_at(t, at);

		if (g.sign == BETWEEN && g.value == ' ' && n == 0) {
			close = false;
		} else if (g.sign != LETTER) {
			break;
		} else {
			z[n++] = (char)g.value;
		}
		at = g.end;
	}
	if (parted || !close)
		return known_end(z, n, point != 0x70b9);
	return doubt || point == 0x70b9 ? known_end(z, n, false) : n >= 2;
}

bool post_link_in(struct text t)
{
	char last[5] = { 0 }; /* letters and signs as they are read, blanks aside */
	bool named = false, doubt = false, parted = false;

	for (size_t at = 0; at < t.n;) {
		struct glyph g = glyph_at(t, at);

		at = g.end;
		if (g.sign == BETWEEN && g.value == ' ') {
			parted = true;
			continue;
		}
		memmove(last, last + 1, sizeof(last) - 1);
		last[4] = (char)(g.sign == DIGIT ? '0' : g.value < 0x80 ? g.value : '?');
		if ((last[4] == ':' && (memcmp(last, "http", 4) == 0 || memcmp(last, "ttps", 4) == 0)) ||
		    memcmp(last + 2, "://", 3) == 0 || memcmp(last + 1, "www.", 4) == 0)
			return true;
		if (g.sign == POINT && named && host_ends_at(t, at, parted, doubt, g.u))
			return true;
		doubt = g.u >= 0x4e00 && g.u <= 0x9fff; /* words, and no point of a host's name may follow them */
		named = g.sign == LETTER || g.sign == DIGIT || doubt;
		parted = false;
	}
	return false;
}

/* ---- names ---- */

void post_read(struct text t, struct buf *out)
{
	for (size_t at = 0; at < t.n;) {
		struct glyph g = glyph_at(t, at);

		if (g.sign == DIGIT)
			buf_printf(out, "%u", g.value);
		else if (g.sign == LETTER)
			buf_char(out, (char)g.value);
		else if (g.sign == OTHER)
			buf_add(out, t.p + at, g.end - at);
		at = g.end;
	}
}
