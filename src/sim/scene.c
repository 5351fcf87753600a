/* scene.c - reads scenario files: one line, one meaning; a table says which keys there are and in which unit.
 *
 * Nothing here knows what a crime does; city_scam.c, city_phones.c and city_mule.c do. */
#include "sim/scene.h"
#include <stdarg.h>
#include <stdio.h>
#include "sim/city_text.h"
#include "sim/scene_int.h"

enum unit {
	UNIT_NUMBER,
	UNIT_MILLI,    /* decimals, in thousandths */
	UNIT_PERMILLE, /* 12.5% */
	UNIT_SECONDS,  /* 30s 5min 2h 3d */
	UNIT_FEN       /* yuan */
};

static const struct {
	const char *name;
	enum unit unit;
	uint8_t kinds; /* bit of block_kind */
	int64_t most;
} keys[SCENE_KEYS] = {
	[KEY_RATE] = { "rate", UNIT_MILLI, 7, 1000000000 },
	[KEY_FROM_DAY] = { "from-day", UNIT_NUMBER, 7, 100000 },
	[KEY_UNTIL_DAY] = { "until-day", UNIT_NUMBER, 7, 100000 },
	[KEY_CHANGE] = { "change", UNIT_PERMILLE, 2, 1000 },
	[KEY_CARDS] = { "cards", UNIT_NUMBER, 2, 512 },
	[KEY_CALLS] = { "calls", UNIT_NUMBER, 2, 5000 },
	[KEY_ACTIVE] = { "active", UNIT_NUMBER, 2, 24 },
	[KEY_DAYS] = { "days", UNIT_NUMBER, 2, 365 },
	[KEY_SESSION] = { "session", UNIT_SECONDS, 2, 86400 },
	[KEY_TALK] = { "talk", UNIT_SECONDS, 2, 36000 },
	[KEY_ANSWERED] = { "answered", UNIT_PERMILLE, 2, 1000 },
	[KEY_BACK] = { "called-back", UNIT_PERMILLE, 2, 1000 },
	[KEY_REPEAT] = { "repeated", UNIT_PERMILLE, 2, 1000 },
	[KEY_DEVICES] = { "devices", UNIT_NUMBER, 2, 512 },
	[KEY_CELLS] = { "cells", UNIT_NUMBER, 2, 64 },
	[KEY_FRIENDS] = { "ordinary-calls", UNIT_PERMILLE, 2, 1000 },
	[KEY_AGE] = { "age", UNIT_SECONDS, 6, 400 * 86400 },
	[KEY_ROAMING] = { "roaming", UNIT_PERMILLE, 2, 1000 },
	[KEY_LEVELS] = { "levels", UNIT_NUMBER, 4, 6 },
	[KEY_WIDTH] = { "width", UNIT_NUMBER, 4, 32 },
	[KEY_DWELL] = { "dwell", UNIT_SECONDS, 4, 30 * 86400 },
	[KEY_KEEP] = { "keep", UNIT_PERMILLE, 4, 1000 },
	[KEY_SPLIT] = { "split", UNIT_NUMBER, 4, 16 },
	[KEY_TEST] = { "test", UNIT_PERMILLE, 4, 1000 },
	[KEY_DORMANT] = { "dormant", UNIT_PERMILLE, 4, 1000 },
	[KEY_ORDINARY] = { "ordinary", UNIT_PERMILLE, 4, 1000 },
	[KEY_VICTIMS] = { "serves", UNIT_NUMBER, 4, 1000 },
	[KEY_CASHOUT] = { "cash-delay", UNIT_SECONDS, 4, 30 * 86400 },
	[KEY_BATCH] = { "batch", UNIT_NUMBER, 2, 64 },
	[KEY_LENT] = { "lent", UNIT_PERMILLE, 2, 1000 },
	[KEY_CROOKED] = { "crooked", UNIT_PERMILLE, 6, 1000 },
	[KEY_CLERKS] = { "clerks", UNIT_NUMBER, 6, 6 },
	[KEY_NIGHT] = { "after-hours", UNIT_PERMILLE, 6, 1000 },
	[KEY_REMOTE] = { "remote", UNIT_PERMILLE, 6, 1000 },
};

static const char *const kind_names[] = { "scam", "phones", "mules" };
static const char *const phones_names[] = { "simbox", "newcard", "sleeping", "gateway", "bulk-sms", "iot", "opening" };
static const char *const group_names[] = { "minor", "student", "young", "adult", "elderly", "finance", "merchant" };
static const char *const typology_names[] = { "pass-through",   "fan-out",        "fan-in",
	                                          "scatter-gather", "gather-scatter", "cycle" };
static const char *const way_names[] = { "atm", "counter", "gold", "outside" };
static const char *const from_names[] = { "overseas", "spoofed", "box", "gateway", "newcard", "mobile", "port" };
static const char *const step_names[] = { "call", "sms",    "wait",  "pay",  "refund", "repeat", "end",
	                                      "quit", "borrow", "login", "open", "cash",   "report", "night" };

enum {
	ERRORS_MAX = 20,
	WORDS_MAX = 40
};

struct reader {
	struct scene *s;
	const char *path;
	struct buf *errors;
	uint32_t n_errors, line;
	const char *line_start;
	struct text word[WORDS_MAX];
	uint32_t n, at;
	struct scene_block *block; /* NULL before the first */
	uint16_t open[SCENE_NEST_MAX];
	uint32_t n_open;
};

static PRINTF_LIKE(3, 4) bool fail(struct reader *r, struct text where, const char *fmt, ...)
{
	va_list ap;

	if (r->n_errors++ < ERRORS_MAX) {
		buf_printf(r->errors, "%s:%u:%u: error: ", r->path, r->line ? r->line : 1U,
		           where.p ? (unsigned)(where.p - r->line_start) + 1 : 1U);
		va_start(ap, fmt);
		buf_vprintf(r->errors, fmt, ap);
		va_end(ap);
		buf_char(r->errors, '\n');
	}
	return false;
}

/* As much of a word as a message shows: 40 bytes, no character cut in two. */
static struct text shown(struct text w)
{
	size_t n = w.n < 40 ? w.n : 40;

	while (n > 0 && n < w.n && (w.p[n] & 0xc0) == 0x80)
		n--;
	return text_of(w.p, n);
}

static bool word_is(struct text w, const char *z)
{
	return text_eq(w, text_z(z));
}

/* Words are split at blanks; a quoted title is one word, without its quotes. */
static bool split(struct reader *r, struct text line)
{
	size_t i = 0;

	r->n = r->at = 0;
	for (size_t k = 0; k < line.n; k++)
		if (((unsigned char)line.p[k] < 0x20 && line.p[k] != '\t' && line.p[k] != '\r') || line.p[k] == 0x7f)
			return fail(r, text_of(line.p + k, 1), "a control character; a scenario file is plain text");
	while (i < line.n) {
		if (line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '\r') {
			i++;
			continue;
		}
		if (line.p[i] == '#')
			return true;
		if (r->n == WORDS_MAX)
			return fail(r, text_of(line.p + i, 1), "more than %d words in a line", WORDS_MAX);
		size_t from = i;
		if (line.p[i] == '"') {
			for (i++; i < line.n && line.p[i] != '"';)
				i++;
			if (i == line.n)
				return fail(r, text_of(line.p + from, 1), "the quote does not end; close it with \"");
			r->word[r->n++] = text_of(line.p + from + 1, i++ - from - 1);
			continue;
		}
		while (i < line.n && line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
			i++;
		r->word[r->n++] = text_of(line.p + from, i - from);
	}
	return true;
}

static bool more(const struct reader *r)
{
	return r->at < r->n;
}

static struct text here(const struct reader *r)
{
	if (more(r))
		return r->word[r->at];
	return r->n ? text_of(r->word[r->n - 1].p + r->word[r->n - 1].n, 0) : text_of(r->line_start, 0);
}

static int name_index(struct text w, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (word_is(w, names[i]))
			return i;
	return -1;
}

static bool fail_names(struct reader *r, const char *what, const char *const *names, int n)
{
	char list[300];
	size_t k = 0;

	for (int i = 0; i < n; i++)
		k += (size_t)snprintf(list + k, sizeof(list) - k, "%s%s", i ? ", " : "", names[i]);
	struct text w = shown(here(r));
	return fail(r, w, "%s is missing or unknown (%.*s); it is one of %s", what, (int)w.n, w.p, list);
}

static bool pick_name(struct reader *r, const char *what, const char *const *names, int n, int *out)
{
	*out = more(r) ? name_index(here(r), names, n) : -1;
	if (*out < 0)
		return fail_names(r, what, names, n);
	r->at++;
	return true;
}

/* Decimal digits with up to three after a point, as thousandths. */
static bool milli(struct text t, int64_t *out)
{
	int64_t v = 0;
	int decimals = -1;

	if (t.n == 0 || t.n > 15 || t.p[0] == '.' || t.p[t.n - 1] == '.')
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (t.p[i] < '0' || t.p[i] > '9' || decimals == 3)
			return false;
		v = v * 10 + (t.p[i] - '0');
		decimals += decimals >= 0;
	}
	for (int k = decimals < 0 ? 0 : decimals; k < 3; k++)
		v *= 10;
	*out = v;
	return true;
}

static size_t digits_of(struct text t)
{
	size_t n = 0;

	while (n < t.n && ((t.p[n] >= '0' && t.p[n] <= '9') || t.p[n] == '.'))
		n++;
	return n;
}

/* What thousandths of the unit written are worth in the unit kept; 0: no such unit here. */
static int64_t scale(enum unit u, struct text suffix)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} times[] = { { "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 } };

	if (u == UNIT_NUMBER || u == UNIT_MILLI)
		return suffix.n == 0;
	if (u == UNIT_PERMILLE)
		return word_is(suffix, "%") ? 10 : 0;
	if (u == UNIT_FEN)
		return suffix.n == 0 ? 100 : 0;
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (word_is(suffix, times[i].name))
			return times[i].seconds;
	return 0;
}

static bool one(struct text t, enum unit u, struct text suffix, int64_t *out)
{
	int64_t v, by = scale(u, suffix);

	if (by == 0 || !milli(t, &v))
		return false;
	by = u == UNIT_MILLI ? 1000 : by;
	*out = v > INT64_MAX / by ? INT64_MAX : v * by / 1000; /* too much is told by the caller */
	return true;
}

static const char *unit_example(enum unit u)
{
	static const char *const z[] = { "12 or 5..30", "0.4 or 0.2..0.6", "40% or 5..12.5%", "90s, 5..20min or 1h..2d",
		                             "300 or 100..500 (yuan)" };
	return z[u];
}

static bool span_value(struct reader *r, enum unit u, int64_t most, struct range *out)
{
	struct text w = here(r);
	size_t dots = 0;

	while (dots + 1 < w.n && !(w.p[dots] == '.' && w.p[dots + 1] == '.'))
		dots++;
	bool range = dots + 1 < w.n;
	struct text lo = text_of(w.p, range ? dots : w.n), hi = range ? text_of(w.p + dots + 2, w.n - dots - 2) : lo;
	size_t lo_n = digits_of(lo), hi_n = digits_of(hi);
	struct text hi_suffix = text_of(hi.p + hi_n, hi.n - hi_n), lo_suffix = text_of(lo.p + lo_n, lo.n - lo_n);
	if (!more(r) || !one(text_of(hi.p, hi_n), u, hi_suffix, &out->hi) ||
	    !one(text_of(lo.p, lo_n), u, lo_suffix.n ? lo_suffix : hi_suffix, &out->lo))
		return fail(r, w, "here a value is written like %s, not %.*s", unit_example(u), (int)shown(w).n, w.p);
	if (out->lo > out->hi)
		return fail(r, w, "%.*s begins after its end; write the smaller one first", (int)w.n, w.p);
	if (out->hi > most)
		return fail(r, w, "%.*s is too much; the most is %lld in the unit kept", (int)w.n, w.p, (long long)most);
	r->at++;
	return true;
}

/* SPAN, or SPAN | SPAN | SPAN */
static bool dial_value(struct reader *r, enum unit u, int64_t most, struct dial *out)
{
	if (!span_value(r, u, most, &out->d[EASY]))
		return false;
	out->d[MEDIUM] = out->d[HARD] = out->d[EASY];
	if (!more(r) || !word_is(here(r), "|"))
		return true;
	for (int k = MEDIUM; k < DIFFICULTIES; k++) {
		if (!more(r) || !word_is(here(r), "|"))
			return fail(r, here(r), "write one value, or three: easy | medium | hard");
		r->at++;
		if (!span_value(r, u, most, &out->d[k]))
			return false;
	}
	return true;
}

static bool weights(struct reader *r, const char *what, const char *const *names, int n, uint16_t *out)
{
	memset(out, 0, (size_t)n * sizeof(*out));
	do {
		int which;
		int64_t v;
		if (!pick_name(r, what, names, n, &which))
			return false;
		if (!more(r) || text_to_int(here(r), &v) || v < 1 || v > 1000)
			return fail(r, here(r), "after %s stands its weight, 1 to 1000", names[which]);
		out[which] = (uint16_t)v;
		r->at++;
	} while (more(r));
	return true;
}

static bool copy_word(struct reader *r, const char *what, char *out, size_t max)
{
	struct text w = here(r);

	if (!more(r) || w.n == 0 || w.n > max)
		return fail(r, w, "%s is missing or longer than %zu bytes", what, max);
	memcpy(out, w.p, w.n);
	out[w.n] = 0;
	r->at++;
	return true;
}

static bool name_ok(const char *z)
{
	for (; *z; z++)
		if (!((*z >= 'a' && *z <= 'z') || (*z >= '0' && *z <= '9') || *z == '-'))
			return false;
	return true;
}

static bool begin_block(struct reader *r, enum block_kind kind)
{
	struct text first = here(r);
	int phones = 0;

	if (r->n_open)
		return fail(r, first, "a repeat is still open; write its end before");
	if (r->s->n_blocks == SCENE_BLOCKS_MAX)
		return fail(r, first, "more than %d blocks", SCENE_BLOCKS_MAX);
	r->at++;
	if (kind == BLOCK_PHONES && !pick_name(r, "the kind of phones", phones_names, PHONES_KINDS, &phones))
		return false;
	struct scene_block *b = &r->s->block[r->s->n_blocks];
	*b = (struct scene_block){ .kind = kind, .phones = (enum phones_kind)phones, .line = r->line };
	b->text = TEXT_LOAN;
	if (!copy_word(r, "the name", b->name, SCENE_NAME_MAX) || !copy_word(r, "the title", b->title, SCENE_TITLE_MAX))
		return false;
	if (strpbrk(b->title, ",\"\\\t\r"))
		return fail(r, first, "a title has no comma, quote, backslash or tab: it goes into CSV and JSON as it is");
	if (!name_ok(b->name))
		return fail(r, first, "a name has small letters, digits and - only, not %s", b->name);
	for (uint32_t i = 0; i < r->s->n_blocks; i++)
		if (strcmp(r->s->block[i].name, b->name) == 0)
			return fail(r, first, "%s stands in line %u already; each name is used once", b->name, r->s->block[i].line);
	r->s->n_blocks++;
	r->block = b;
	return true;
}

static bool amount_value(struct reader *r, struct scene_step *p)
{
	uint32_t i = r->at + 1;

	while (i < r->n && !word_is(r->word[i], "balance") && !word_is(r->word[i], "last") && !word_is(r->word[i], "to"))
		i++;
	bool balance = i < r->n && word_is(r->word[i], "balance"), last = i < r->n && word_is(r->word[i], "last");
	bool fen = !balance && !last;
	p->amount = balance ? AMOUNT_BALANCE : last ? AMOUNT_LAST : AMOUNT_FEN;
	if (!dial_value(r, fen ? UNIT_FEN : UNIT_PERMILLE, fen ? 100000000000 : 100000, &p->a))
		return false;
	r->at += !fen;
	return true;
}

static bool text_name(struct reader *r, uint8_t *out)
{
	int which = more(r) ? city_text_index(here(r)) : -1;

	if (which < 0)
		return fail(r, here(r), "there is no text %.*s; doc/scenarios.md lists them", (int)shown(here(r)).n, here(r).p);
	*out = (uint8_t)which;
	r->at++;
	return true;
}

static bool literal(struct reader *r, const char *z)
{
	if (!more(r) || !word_is(here(r), z))
		return fail(r, here(r), "here stands the word %s", z);
	r->at++;
	return true;
}

static bool step_end(struct reader *r, struct scene_step *p)
{
	if (r->n_open == 0)
		return fail(r, r->word[0], "there is no repeat to end");
	p->jump = r->open[--r->n_open];
	r->block->step[p->jump].jump = (uint16_t)r->block->n_steps;
	return true;
}

static bool step_repeat(struct reader *r, struct scene_step *p)
{
	if (r->n_open == SCENE_NEST_MAX)
		return fail(r, r->word[0], "repeats stand at most %d deep in each other", SCENE_NEST_MAX);
	r->open[r->n_open++] = (uint16_t)r->block->n_steps;
	return dial_value(r, UNIT_NUMBER, 1000, &p->a);
}

static bool step_values(struct reader *r, struct scene_step *p)
{
	int from;

	switch (p->op) {
	case STEP_CALL:
		if (!pick_name(r, "who calls", from_names, FROM_PORT, &from))
			return false;
		p->from = (enum from)from;
		return dial_value(r, UNIT_SECONDS, 36000, &p->a);
	case STEP_SMS:
		if (!text_name(r, &p->text) || !literal(r, "from") || !pick_name(r, "the sender", from_names, FROMS, &from))
			return false;
		p->from = (enum from)from;
		return true;
	case STEP_WAIT: return dial_value(r, UNIT_SECONDS, 365 * 86400, &p->a);
	case STEP_PAY:
		if (!amount_value(r, p))
			return false;
		p->to_new = more(r);
		return !more(r) || (literal(r, "to") && literal(r, "new"));
	case STEP_REFUND:
	case STEP_QUIT: return dial_value(r, UNIT_PERMILLE, 10000, &p->a);
	case STEP_REPEAT: return step_repeat(r, p);
	case STEP_END: return step_end(r, p);
	case STEP_BORROW:
	case STEP_CASH: return amount_value(r, p);
	case STEP_REPORT:
		return dial_value(r, UNIT_PERMILLE, 1000, &p->a) && literal(r, "after") &&
		       dial_value(r, UNIT_SECONDS, 365 * 86400, &p->b);
	default: return true;
	}
}

static bool read_step(struct reader *r, enum step_op op)
{
	struct scene_block *b = r->block;

	if (b->kind != BLOCK_SCAM)
		return fail(r, here(r), "%s is a step of a scam, and this block is %s", step_names[op], kind_names[b->kind]);
	if (b->n_steps == SCENE_STEPS_MAX)
		return fail(r, here(r), "more than %d steps", SCENE_STEPS_MAX);
	r->at++;
	struct scene_step *p = &b->step[b->n_steps];
	*p = (struct scene_step){ .op = op, .line = r->line };
	if (!step_values(r, p))
		return false;
	b->n_steps++;
	return true;
}

static bool read_key(struct reader *r, struct text w)
{
	struct scene_block *b = r->block;

	for (int k = 0; k < SCENE_KEYS; k++) {
		if (!word_is(w, keys[k].name))
			continue;
		if (!(keys[k].kinds >> b->kind & 1))
			return fail(r, w, "%s means nothing in a block of %s", keys[k].name, kind_names[b->kind]);
		if (b->given[k])
			return fail(r, w, "%s stands twice in this block", keys[k].name);
		r->at++;
		b->given[k] = true;
		return dial_value(r, keys[k].unit, keys[k].most, &b->key[k]);
	}
	return fail(r, w, "%.*s is no key and no step; doc/scenarios.md lists both", (int)shown(w).n, w.p);
}

/* The word here is a key of that kind of block; takes it. */
static bool belongs(struct reader *r, enum block_kind kind)
{
	struct text w = here(r);

	if (r->block->kind != kind)
		return fail(r, w, "%.*s means nothing in a block of %s", (int)w.n, w.p, kind_names[r->block->kind]);
	r->at++;
	return true;
}

static bool read_line(struct reader *r)
{
	struct text w = here(r);
	int i = name_index(w, kind_names, ARRAY_LEN(kind_names));

	if (i >= 0)
		return begin_block(r, (enum block_kind)i);
	if (!r->block)
		return fail(r, w, "a file begins with a block: scam, phones or mules");
	if (word_is(w, "victims"))
		return belongs(r, BLOCK_SCAM) && weights(r, "the group", group_names, GROUPS, r->block->group);
	if (word_is(w, "typology"))
		return belongs(r, BLOCK_MULES) && weights(r, "the typology", typology_names, TYPOLOGIES, r->block->typology);
	if (word_is(w, "cashout"))
		return belongs(r, BLOCK_MULES) && weights(r, "the way", way_names, WAYS, r->block->way);
	if (word_is(w, "text"))
		return belongs(r, BLOCK_PHONES) && text_name(r, &r->block->text);
	i = name_index(w, step_names, STEP_OPS);
	return i >= 0 ? read_step(r, (enum step_op)i) : read_key(r, w);
}

/* What a block cannot do without, by kind. */
static void check_block(struct reader *r, const struct scene_block *b)
{
	static const uint8_t need_phones[] = { KEY_RATE, KEY_CARDS, KEY_DAYS };
	static const uint8_t need_mules[] = { KEY_RATE, KEY_LEVELS, KEY_WIDTH, KEY_DWELL, KEY_VICTIMS };
	const uint8_t *need = b->kind == BLOCK_MULES ? need_mules : need_phones;
	size_t n = b->kind == BLOCK_SCAM ? 1 : b->kind == BLOCK_MULES ? ARRAY_LEN(need_mules) : ARRAY_LEN(need_phones);
	bool any = false;

	r->line = b->line;
	for (size_t i = 0; i < n; i++)
		if (!b->given[need[i]])
			fail(r, text_of(NULL, 0), "%s lacks %s, like %s", b->name, keys[need[i]].name,
			     unit_example(keys[need[i]].unit));
	for (int d = 0; d < DIFFICULTIES && b->given[KEY_ACTIVE]; d++)
		if (b->key[KEY_ACTIVE].d[d].lo >= b->key[KEY_ACTIVE].d[d].hi) {
			fail(r, text_of(NULL, 0), "%s never works: active is from an hour to a later one, like 9..18", b->name);
			break;
		}
	if (b->kind == BLOCK_SCAM) {
		for (int g = 0; g < GROUPS; g++)
			any |= b->group[g] > 0;
		if (!any || b->n_steps == 0)
			fail(r, text_of(NULL, 0), "%s lacks %s", b->name,
			     any ? "steps: call, sms, wait, pay, ..." : "victims, like `victims young 3 elderly 1`");
	}
}

bool scene_parse(struct scene *s, const char *path, struct text t, struct buf *errors)
{
	struct reader r = { .s = s, .path = path, .errors = errors };
	size_t i = 0;

	s->n_blocks = 0;
	if (t.n > SCENE_BYTES_MAX || !text_utf8_valid(t)) {
		r.line = 1;
		return fail(&r, text_of(NULL, 0), "a scenario file is UTF-8 text of at most %d bytes", SCENE_BYTES_MAX);
	}
	while (i < t.n) {
		size_t from = i;
		while (i < t.n && t.p[i] != '\n')
			i++;
		r.line++;
		r.line_start = t.p + from;
		if (split(&r, text_of(t.p + from, i - from)) && r.n && read_line(&r) && more(&r))
			fail(&r, here(&r), "%.*s is too much here", (int)shown(here(&r)).n, here(&r).p);
		i++;
	}
	if (r.n_open)
		fail(&r, text_of(NULL, 0), "a repeat has no end");
	uint32_t n = r.n_errors ? 0 : s->n_blocks; /* what a block lacks is told when its lines are right */
	for (uint32_t k = 0; k < n; k++) {
		check_block(&r, &s->block[k]);
		scene_fill(&s->block[k]);
	}
	if (s->n_blocks == 0 && r.n_errors == 0)
		fail(&r, text_of(NULL, 0), "the file has no block: scam, phones or mules");
	return r.n_errors == 0;
}
