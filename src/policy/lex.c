/* lex.c - see lex.h. The source is checked to be UTF-8 before it gets here (policy.c).
 *
 * Numbers keep at most 15 digits, so that digits / 10^decimals is one correctly rounded division and no locale-dependent
 * library call is needed. */
#include "policy/lex.h"
#include "policy/words.h"

/* Up to the last class that counts: the table has them in order. */
static bool word_in(struct text word, enum word_class last)
{
	const struct policy_word *w;

	for (uint32_t i = 0; (w = policy_word(i)) != NULL && w->class <= last; i++)
		if (text_eq(word, text_z(w->word)))
			return true;
	return false;
}

bool lex_is_declaration(struct text word)
{
	return word_in(word, WORD_DECLARATION);
}

bool lex_is_reserved(struct text word)
{
	return word_in(word, WORD_RESERVED);
}

const char *lex_kind_name(enum token_kind k)
{
	static const char *const name[] = {
#define X(id, text) [TOKEN_##id] = text,
		TOKENS(X)
#undef X
	};
	return name[k];
}

uint32_t lex_utf8(const char *p, size_t left, uint32_t *n)
{
	const unsigned char *s = (const unsigned char *)p;
	if (left == 0) {
		*n = 0;
		return 0;
	}
	uint32_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (len > left || s[0] < 0x80) {
		*n = 1;
		return s[0];
	}
	uint32_t c = s[0] & (0x7fu >> len);
	for (uint32_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3fu);
	*n = len;
	return c;
}

/* ---- where we are ---- */

void lex_init(struct lexer *lx, struct front *f, uint32_t file)
{
	*lx = (struct lexer){ .f = f, .src = f->p->file[file].text, .file = file, .line = 1, .col = 1 };
	if (text_starts(lx->src, TEXT("\xef\xbb\xbf")))
		lx->at = 3;
}

static int peek(const struct lexer *lx, uint32_t ahead)
{
	return lx->at + ahead < lx->src.n ? (unsigned char)lx->src.p[lx->at + ahead] : -1;
}

static uint32_t peek_char(const struct lexer *lx, uint32_t *n)
{
	return lex_utf8(lx->src.p + lx->at, lx->src.n - lx->at, n);
}

/* Over one code point. */
static void advance(struct lexer *lx)
{
	uint32_t n;
	uint32_t c = peek_char(lx, &n);
	lx->at += n;
	if (c == '\n') {
		lx->line++;
		lx->col = 1;
	} else if (n) {
		lx->col++;
	}
}

static void advance_by(struct lexer *lx, uint32_t bytes)
{
	uint32_t end = lx->at + bytes;
	while (lx->at < end)
		advance(lx);
}

static struct span here(const struct lexer *lx)
{
	return (struct span){ lx->file, lx->line, lx->col, lx->at, lx->at };
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

bool lex_is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	if (c < 0xc0)
		return c == 0xaa || c == 0xb5 || c == 0xba;
	bool no = c == 0xd7 || c == 0xf7 || c == 0x1680 || (c >= 0x2000 && c <= 0x2bff) || (c >= 0x2e00 && c <= 0x2e7f) ||
	          (c >= 0x3000 && c <= 0x3004) || (c >= 0x3008 && c <= 0x3020) || c == 0x3030 || c == 0x303d ||
	          c == 0x30fb || (c >= 0xe000 && c <= 0xf8ff) || (c >= 0xfe00 && c <= 0xfe6f) || c >= 0xfe70;
	return !no || (c >= 0x10000 && c < 0x1f000) || (c >= 0x20000 && c < 0x32000);
}

/* ---- blanks and comments ---- */

static void skip_blanks(struct lexer *lx)
{
	for (;;) {
		uint32_t n;
		uint32_t c = peek_char(lx, &n);
		if (n == 0)
			return;
		if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x3000 || c == 0xa0) {
			advance(lx);
		} else if (c == '#') {
			while (peek(lx, 0) >= 0 && peek(lx, 0) != '\n')
				advance(lx);
		} else {
			return;
		}
	}
}

/* ---- numbers with units ---- */

struct unit {
	const char *word;
	int64_t size;
	bool money;
};
static const struct unit units[] = {
	{ "us", 1, false },
	{ "ms", 1000, false },
	{ "s", US_PER_SECOND, false },
	{ "min", US_PER_MINUTE, false },
	{ "h", US_PER_HOUR, false },
	{ "d", US_PER_DAY, false },
	{ "w", 7 * US_PER_DAY, false },
	{ "秒", US_PER_SECOND, false },
	{ "分钟", US_PER_MINUTE, false },
	{ "小时", US_PER_HOUR, false },
	{ "天", US_PER_DAY, false },
	{ "周", 7 * US_PER_DAY, false },
	{ "yuan", 100, true },
	{ "fen", 1, true },
	{ "wan", 1000000, true },
	{ "元", 100, true },
	{ "分", 1, true },
	{ "万元", 1000000, true },
};
static const char *const unit_slips[][2] = {
	/* as people write it, as it is written here */
	{ "m", "min" },     { "mins", "min" },    { "minute", "min" }, { "minutes", "min" }, { "分种", "分钟" },
	{ "hour", "h" },    { "hours", "h" },     { "hr", "h" },       { "hrs", "h" },       { "H", "h" },
	{ "时", "小时" },   { "个小时", "小时" }, { "sec", "s" },      { "secs", "s" },      { "second", "s" },
	{ "seconds", "s" }, { "S", "s" },         { "秒钟", "秒" },    { "day", "d" },       { "days", "d" },
	{ "D", "d" },       { "日", "天" },       { "week", "w" },     { "weeks", "w" },     { "星期", "周" },
	{ "rmb", "yuan" },  { "RMB", "yuan" },    { "cny", "yuan" },   { "CNY", "yuan" },    { "块", "元" },
	{ "圆", "元" },     { "万", "万元" },     { "Yuan", "yuan" },
};

const char *policy_unit(uint32_t i, int64_t *size, bool *money)
{
	if (i >= ARRAY_LEN(units))
		return NULL;
	*size = units[i].size;
	*money = units[i].money;
	return units[i].word;
}

static const struct unit *unit_find(struct text word)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (text_eq(word, text_z(units[i].word)))
			return &units[i];
	return NULL;
}

static const char *unit_slip(struct text word)
{
	for (size_t i = 0; i < ARRAY_LEN(unit_slips); i++)
		if (text_eq(word, text_z(unit_slips[i][0])))
			return unit_slips[i][1];
	return NULL;
}

/* The word that starts `skip` bytes ahead, without moving. */
static struct text word_ahead(const struct lexer *lx, uint32_t skip)
{
	uint32_t at = lx->at + skip, n;
	uint32_t start = at;
	while (at < lx->src.n) {
		uint32_t c = lex_utf8(lx->src.p + at, lx->src.n - at, &n);
		if (!lex_is_letter(c) && !(at > start && is_digit((int)c)))
			break;
		at += n;
	}
	return text_of(lx->src.p + start, at - start);
}

struct digits {
	int64_t all; /* every digit, without the point */
	uint32_t decimals;
};

static double digits_real(struct digits d, uint32_t more)
{
	double scale = 1;
	for (uint32_t i = 0; i < d.decimals + more; i++)
		scale *= 10;
	return (double)d.all / scale;
}

static bool digits_times(struct digits d, int64_t size, int64_t *out)
{
	if (__builtin_mul_overflow(d.all, size, out))
		return false;
	for (uint32_t i = 0; i < d.decimals; i++) {
		if (*out % 10)
			return false;
		*out /= 10;
	}
	return true;
}

/* n digits at `ahead`, then none more; -1 if it isn't so. */
static int fixed_digits(const struct lexer *lx, uint32_t ahead, uint32_t n)
{
	int v = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (!is_digit(peek(lx, ahead + i)))
			return -1;
		v = v * 10 + (peek(lx, ahead + i) - '0');
	}
	return is_digit(peek(lx, ahead + n)) ? -1 : v;
}

/* hh:mm[:ss[.ffffff]] at `ahead` into c; bytes read, 0 if it isn't there. */
static uint32_t time_of_day(const struct lexer *lx, uint32_t ahead, bool seconds, struct civil *c)
{
	uint32_t n = fixed_digits(lx, ahead, 2) >= 0 ? 2 : 1;
	c->hour = fixed_digits(lx, ahead, n);
	if (c->hour < 0 || peek(lx, ahead + n) != ':' || (c->minute = fixed_digits(lx, ahead + n + 1, 2)) < 0)
		return 0;
	n += 3;
	if (!seconds || peek(lx, ahead + n) != ':' || (c->second = fixed_digits(lx, ahead + n + 1, 2)) < 0) {
		c->second = 0;
		return n;
	}
	n += 3;
	if (peek(lx, ahead + n) == '.' && is_digit(peek(lx, ahead + n + 1))) {
		n++;
		for (int32_t scale = 100000; is_digit(peek(lx, ahead + n)); n++, scale /= 10)
			c->us += (peek(lx, ahead + n) - '0') * scale;
	}
	return n;
}

static bool lex_date(struct lexer *lx, struct lexeme *t)
{
	struct civil c = { 0 };
	if ((c.year = fixed_digits(lx, 0, 4)) < 0 || peek(lx, 4) != '-' || (c.month = fixed_digits(lx, 5, 2)) < 0 ||
	    peek(lx, 7) != '-' || (c.day = fixed_digits(lx, 8, 2)) < 0)
		return false;
	uint32_t n = 10, blanks = 0;
	while (peek(lx, n + blanks) == ' ')
		blanks++;
	if (peek(lx, n) == 'T' || peek(lx, n) == 't')
		blanks = 1;
	uint32_t tod = blanks ? time_of_day(lx, n + blanks, true, &c) : 0;
	if (tod == 0)
		c.hour = c.minute = c.second = 0;
	t->kind = tod ? TOKEN_INSTANT : TOKEN_DATE;
	advance_by(lx, tod ? n + blanks + tod : n);
	t->span.end = lx->at;
	int64_t us;
	if (clock_from_civil(&c, 0, &us) != ERR_OK || us < TIME_US_MIN || us > TIME_US_MAX) {
		front_error(lx->f, t->span,
		            "%.*s is no date in the calendar between 2000 and 2099; write year-month-day [hour:minute], "
		            "such as 2026-03-01 08:00",
		            TX(front_span(lx->f, t->span)));
		c = (struct civil){ .year = 2026, .month = 1, .day = 1 };
	}
	t->civil = c;
	return true;
}

static bool lex_tod(struct lexer *lx, struct lexeme *t)
{
	struct civil c = { 0 };
	uint32_t n = time_of_day(lx, 0, false, &c);
	if (n == 0)
		return false;
	advance_by(lx, n);
	t->kind = TOKEN_TOD;
	t->span.end = lx->at;
	if (c.minute > 59 || c.hour > 24 || (c.hour == 24 && c.minute > 0))
		front_error(lx->f, t->span, "%.*s is no time of day; write 00:00 to 24:00", TX(front_span(lx->f, t->span)));
	t->i = c.hour * US_PER_HOUR + c.minute * US_PER_MINUTE;
	return true;
}

static void lex_unit(struct lexer *lx, struct lexeme *t, struct digits d, uint32_t blank, struct text word)
{
	const struct unit *u = unit_find(word);
	advance_by(lx, blank + (uint32_t)word.n);
	t->span.end = lx->at;
	if (u == NULL) {
		const char *right = unit_slip(word);
		if (right)
			front_error(lx->f, t->span, "%.*s is not a unit; write %s", TX(word), right);
		else
			front_error(lx->f, t->span,
			            "%.*s is not a unit; units are us ms s min h d w (秒 分钟 小时 天 周) and yuan fen wan "
			            "(元 分 万元), one number with one unit",
			            TX(word));
		u = unit_find(right ? text_z(right) : TEXT("s"));
	}
	t->kind = u->money ? TOKEN_MONEY : TOKEN_DURATION;
	if (!digits_times(d, u->size, &t->i))
		front_error(lx->f, t->span, "%.*s is not a whole number of %s or is too large; write it in a smaller unit",
		            TX(front_span(lx->f, t->span)), u->money ? "fen" : "microseconds");
}

static void lex_number(struct lexer *lx, struct lexeme *t)
{
	if (lex_date(lx, t) || lex_tod(lx, t))
		return;
	struct digits d = { 0, 0 };
	uint32_t n = 0;
	bool point = false;
	for (;; advance(lx)) {
		if (is_digit(peek(lx, 0))) {
			n += d.all > 0 || peek(lx, 0) != '0';
			d.all = n <= 15 ? d.all * 10 + (peek(lx, 0) - '0') : d.all;
			d.decimals += point && n <= 15;
		} else if (peek(lx, 0) == '.' && !point && is_digit(peek(lx, 1))) {
			point = true;
		} else {
			break;
		}
	}
	t->span.end = lx->at;
	if (n > 15 || d.decimals > 15) {
		front_error(lx->f, t->span,
		            "%.*s has more than 15 digits; a phone or account number is written in quotes, \"%.*s\"",
		            TX(front_span(lx->f, t->span)), TX(front_span(lx->f, t->span)));
		d.decimals = 0;
	}
	uint32_t blank = peek(lx, 0) == ' ';
	struct text word = word_ahead(lx, blank);
	if (word.n && (blank == 0 || unit_find(word) || unit_slip(word))) {
		lex_unit(lx, t, d, blank, word);
		return;
	}
	if (peek(lx, blank) == '%') {
		advance_by(lx, blank + 1);
		t->kind = TOKEN_PERCENT;
		t->r = digits_real(d, 2);
	} else {
		t->kind = point ? TOKEN_DECIMAL : TOKEN_INT;
		t->r = digits_real(d, 0);
		t->i = d.all;
	}
	t->span.end = lx->at;
}

/* ---- texts ---- */

/* closing: what ends it, in UTF-8. Bytes without escapes go to t->text. */
static void lex_string(struct lexer *lx, struct lexeme *t, struct text closing)
{
	t->kind = TOKEN_STRING;
	advance(lx);
	uint32_t start = lx->at, n = 0;
	while (peek(lx, 0) >= 0 && peek(lx, 0) != '\n' &&
	       !text_starts(text_of(lx->src.p + lx->at, lx->src.n - lx->at), closing)) {
		if (peek(lx, 0) == '\\' && peek(lx, 1) > '\n')
			advance(lx);
		advance(lx);
	}
	char *out = front_alloc(lx->f, lx->at - start + 1);
	for (uint32_t i = start; i < lx->at; i++) {
		char c = lx->src.p[i];
		if (c == '\\' && i + 1 < lx->at) {
			c = lx->src.p[++i];
			if (c != '"' && c != '\\' && c != 'n' && c != 't')
				front_error(lx->f, t->span, "\\%c means nothing in a text; write \\\" \\\\ \\n or \\t",
				            (unsigned char)c < 0x80 ? c : '?');
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		out[n++] = c;
	}
	t->text = text_of(out, n);
	if (peek(lx, 0) < 0 || peek(lx, 0) == '\n')
		front_error(lx->f, t->span, "this text has no closing quote on its line; end it with \"");
	else
		advance(lx);
}

/* ---- punctuation ---- */

struct symbol {
	const char *written;
	enum token_kind kind;
	const char *right; /* NULL: this is right; else report it and read it so */
	bool word;         /* read it as the reserved word `right` */
};
static const struct symbol symbols[] = {
	/* longer ones first */
	{ "->", TOKEN_ARROW, NULL, false },
	{ "!=", TOKEN_NE, NULL, false },
	{ "<=", TOKEN_LE, NULL, false },
	{ ">=", TOKEN_GE, NULL, false },
	{ "==", TOKEN_EQ, "=", false },
	{ "<>", TOKEN_NE, "!=", false },
	{ "=>", TOKEN_GE, ">=", false },
	{ "=<", TOKEN_LE, "<=", false },
	{ "&&", TOKEN_RESERVED, "and", true },
	{ "||", TOKEN_RESERVED, "or", true },
	{ "!", TOKEN_RESERVED, "not", true },
	{ "&", TOKEN_RESERVED, "and", true },
	{ "|", TOKEN_RESERVED, "or", true },
	{ "{", TOKEN_LBRACE, NULL, false },
	{ "}", TOKEN_RBRACE, NULL, false },
	{ "(", TOKEN_LPAREN, NULL, false },
	{ ")", TOKEN_RPAREN, NULL, false },
	{ ",", TOKEN_COMMA, NULL, false },
	{ ":", TOKEN_COLON, NULL, false },
	{ ".", TOKEN_DOT, NULL, false },
	{ "?", TOKEN_QUESTION, NULL, false },
	{ "+", TOKEN_PLUS, NULL, false },
	{ "-", TOKEN_MINUS, NULL, false },
	{ "*", TOKEN_STAR, NULL, false },
	{ "/", TOKEN_SLASH, NULL, false },
	{ "=", TOKEN_EQ, NULL, false },
	{ "<", TOKEN_LT, NULL, false },
	{ ">", TOKEN_GT, NULL, false },
	{ "[", TOKEN_LPAREN, "(", false },
	{ "]", TOKEN_RPAREN, ")", false },
	{ ";", TOKEN_COMMA, "a comma, or nothing at the end of a line", false },
	{ "，", TOKEN_COMMA, ",", false },
	{ "、", TOKEN_COMMA, ",", false },
	{ "；", TOKEN_COMMA, ",", false },
	{ "（", TOKEN_LPAREN, "(", false },
	{ "）", TOKEN_RPAREN, ")", false },
	{ "｛", TOKEN_LBRACE, "{", false },
	{ "｝", TOKEN_RBRACE, "}", false },
	{ "：", TOKEN_COLON, ":", false },
	{ "．", TOKEN_DOT, ".", false },
	{ "？", TOKEN_QUESTION, "?", false },
	{ "＝", TOKEN_EQ, "=", false },
	{ "＜", TOKEN_LT, "<", false },
	{ "＞", TOKEN_GT, ">", false },
	{ "＋", TOKEN_PLUS, "+", false },
	{ "－", TOKEN_MINUS, "-", false },
	{ "＊", TOKEN_STAR, "*", false },
	{ "／", TOKEN_SLASH, "/", false },
	{ "≥", TOKEN_GE, ">=", false },
	{ "≤", TOKEN_LE, "<=", false },
	{ "≠", TOKEN_NE, "!=", false },
	{ "×", TOKEN_STAR, "*", false },
	{ "÷", TOKEN_SLASH, "/", false },
	{ "→", TOKEN_ARROW, "->", false },
	{ "。", TOKEN_DOT, ".", false },
};
static const char *const quotes[][2] = { { "“", "”" }, { "”", "”" }, { "「", "」" },
	                                     { "‘", "’" }, { "'", "'" }, { "＂", "＂" } };

static bool lex_symbol(struct lexer *lx, struct lexeme *t)
{
	struct text rest = text_of(lx->src.p + lx->at, lx->src.n - lx->at);
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		const struct symbol *s = &symbols[i];
		if (!text_starts(rest, text_z(s->written)))
			continue;
		advance_by(lx, (uint32_t)strlen(s->written));
		t->kind = s->kind;
		t->span.end = lx->at;
		if (s->right)
			front_error(lx->f, t->span, "%s is not a sign of this language; write %s", s->written, s->right);
		if (s->word)
			t->text = text_z(s->right);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
		if (!text_starts(rest, text_z(quotes[i][0])))
			continue;
		front_error(lx->f, t->span, "texts stand in straight double quotes; write \"...\" instead of %s...%s",
		            quotes[i][0], quotes[i][1]);
		lex_string(lx, t, text_z(quotes[i][1]));
		return true;
	}
	return false;
}

static void lex_word(struct lexer *lx, struct lexeme *t)
{
	t->text = word_ahead(lx, 0);
	advance_by(lx, (uint32_t)t->text.n);
	t->span.end = lx->at;
	t->kind = lex_is_reserved(t->text) ? TOKEN_RESERVED : TOKEN_IDENT;
	if (t->text.n > SCHEMA_NAME_MAX) {
		front_error(lx->f, t->span, "this name has %zu bytes; a name may have %d (21 Chinese characters)", t->text.n,
		            SCHEMA_NAME_MAX);
		t->text.n = 1;
	}
}

/* A whole word of them is one mistake, and an unknown name that is no news. */
static void lex_full_width(struct lexer *lx, struct lexeme *t)
{
	uint32_t n;

	for (uint32_t c = peek_char(lx, &n); n && ((c >= 0xff10 && c <= 0xff5a) || lex_is_letter(c) || is_digit((int)c));
	     c = peek_char(lx, &n))
		advance(lx);
	t->kind = TOKEN_IDENT;
	t->span.end = lx->at;
	t->text = policy_span_text(lx->f->p, t->span);
	front_error(lx->f, t->span, "%.*s has full-width characters; switch the keyboard to half width and write it again",
	            TX(front_span(lx->f, t->span)));
	front_lost(lx->f, t->text);
}

void lex_next(struct lexer *lx, struct lexeme *t)
{
	for (;;) {
		skip_blanks(lx);
		*t = (struct lexeme){ .kind = TOKEN_END, .span = here(lx) };
		uint32_t n;
		uint32_t c = peek_char(lx, &n);
		if (n == 0)
			return;
		if (is_digit((int)c))
			lex_number(lx, t);
		else if (lex_is_letter(c))
			lex_word(lx, t);
		else if (c == '"')
			lex_string(lx, t, TEXT("\""));
		else if (!lex_symbol(lx, t)) {
			advance(lx);
			t->span.end = lx->at;
			if (c >= 0xff10 && c <= 0xff5a) {
				lex_full_width(lx, t);
				return;
			}
			if (c < 0x20 || c == 0x7f || (c >= 0x2000 && c < 0x2070) || c == 0xfeff)
				front_error(lx->f, t->span, "an invisible character (U+%04X) stands here; delete it", c);
			else
				front_error(lx->f, t->span,
				            "%.*s has no meaning here; remove it, or put it in quotes if it belongs to a text",
				            TX(front_span(lx->f, t->span)));
			continue;
		}
		t->span.end = lx->at;
		return;
	}
}
