/* config_value.c - one setting's value: from a text into its field, and back. The same for the file, the environment and the command line;
 * a field is known by its place, its size and the setting's kind. */
#include <inttypes.h>
#include "base/clock.h"
#include "gateway/config_int.h"

struct unit {
	const char *name;
	uint64_t of;
};

/* from small to large */
static const struct unit sizes[] = { { "KiB", (uint64_t)1 << 10 },
	                                 { "MiB", (uint64_t)1 << 20 },
	                                 { "GiB", (uint64_t)1 << 30 },
	                                 { "TiB", (uint64_t)1 << 40 } };
static const struct unit durations[] = {
	{ "ms", 1000 }, { "s", US_PER_SECOND }, { "min", US_PER_MINUTE }, { "h", US_PER_HOUR }, { "d", US_PER_DAY }
};

struct text config_shown(struct text t)
{
	size_t n = t.n < SHOWN_BYTES ? t.n : SHOWN_BYTES;

	while (n > 0 && n < t.n && (t.p[n] & 0xc0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			n = i;
	return text_utf8_valid(text_of(t.p, n)) ? text_of(t.p, n) : TEXT("?");
}

/* ---- numbers in fields of several widths ---- */

static uint64_t load(const struct setting *s, const void *base)
{
	const char *p = (const char *)base + s->at;
	uint8_t b1;
	uint16_t b2;
	uint32_t b4;
	uint64_t b8;

	switch (s->bytes) {
	case 1: memcpy(&b1, p, 1); return b1;
	case 2: memcpy(&b2, p, 2); return b2;
	case 4: memcpy(&b4, p, 4); return b4;
	default: memcpy(&b8, p, 8); return b8;
	}
}

static bool store(const struct setting *s, void *base, uint64_t v)
{
	char *p = (char *)base + s->at;
	uint8_t b1 = (uint8_t)v;
	uint16_t b2 = (uint16_t)v;
	uint32_t b4 = (uint32_t)v;

	switch (s->bytes) {
	case 1: memcpy(p, &b1, 1); break;
	case 2: memcpy(p, &b2, 2); break;
	case 4: memcpy(p, &b4, 4); break;
	default: memcpy(p, &v, 8); break;
	}
	return true;
}

/* ---- out ---- */

static void put_scaled(struct buf *out, uint64_t v, const struct unit *u, size_t n, const char *zero)
{
	while (n > 1 && v % u[n - 1].of != 0)
		n--;
	if (v == 0)
		buf_printf(out, "\"0%s\"", zero);
	else
		buf_printf(out, "\"%" PRIu64 "%s\"", v / u[n - 1].of, u[n - 1].name);
}

static void put_quoted(struct buf *out, struct text t)
{
	buf_char(out, '"');
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '"' || t.p[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, t.p[i]);
	}
	buf_char(out, '"');
}

static void put_number(const struct setting *s, uint64_t v, struct buf *out)
{
	if (s->kind == SETTING_SIZE)
		put_scaled(out, v, sizes, ARRAY_LEN(sizes), "KiB");
	else if (s->kind == SETTING_DURATION)
		put_scaled(out, v, durations, ARRAY_LEN(durations), "s");
	else
		buf_printf(out, "%" PRIu64, v);
}

void config_value(const struct setting *s, const void *base, struct buf *out)
{
	const struct tenant *t = base;

	switch (s->kind) {
	case SETTING_TEXT: put_quoted(out, text_z((const char *)base + s->at)); break;
	case SETTING_SWITCH: buf_z(out, load(s, base) != 0 ? "true" : "false"); break;
	case SETTING_CHOICE: put_quoted(out, text_z(s->choice[load(s, base)])); break;
	case SETTING_TEXTS:
		buf_char(out, '[');
		for (uint32_t i = 0; i < t->n_sees; i++) {
			buf_z(out, i > 0 ? ", " : "");
			put_quoted(out, text_z(t->sees[i]));
		}
		buf_char(out, ']');
		break;
	default: put_number(s, load(s, base), out); break;
	}
}

void config_range(const struct setting *s, struct buf *out)
{
	switch (s->kind) {
	case SETTING_TEXT: buf_printf(out, "a text of at most %u bytes", s->bytes - 1); break;
	case SETTING_SWITCH: buf_z(out, "true or false"); break;
	case SETTING_CHOICE:
		for (uint32_t i = 0; s->choice[i] != NULL; i++) {
			buf_z(out, i == 0 ? "" : s->choice[i + 1] == NULL ? " or " : ", ");
			put_quoted(out, text_z(s->choice[i]));
		}
		break;
	case SETTING_TEXTS:
		buf_printf(out, "a list of at most %d texts %s, as [\"%s\"]", TENANT_SEES_MAX, s->shape, s->standard);
		break;
	default:
		buf_z(out, s->kind == SETTING_NUMBER ? "a whole number from " : "");
		put_number(s, s->least, out);
		buf_z(out, " to ");
		put_number(s, s->most, out);
		break;
	}
}

bool setting_same(const struct setting *s, const void *a, const void *b)
{
	const struct tenant *x = a, *y = b;

	if (s->kind == SETTING_TEXT)
		return strcmp((const char *)a + s->at, (const char *)b + s->at) == 0;
	if (s->kind != SETTING_TEXTS)
		return load(s, a) == load(s, b);
	for (uint32_t i = 0; x->n_sees == y->n_sees && i < x->n_sees; i++)
		if (strcmp(x->sees[i], y->sees[i]) != 0)
			return false;
	return x->n_sees == y->n_sees;
}

/* ---- in ---- */

static bool refuse(const struct setting *s, struct text value, const char *what, struct buf *message)
{
	const char *quote = s->kind == SETTING_NUMBER || s->kind == SETTING_SWITCH ? "" : "\"";

	buf_printf(message, "%s%.*s%s %s; %s takes ", quote, SHOWN(value), quote, what, s->name);
	config_range(s, message);
	return false;
}

/* Digits and one of the units, or digits alone if there are none. */
static enum err scaled(struct text t, const struct unit *u, size_t n_units, uint64_t *out)
{
	size_t digits = 0;
	int64_t v = 0;
	enum err e;

	while (digits < t.n && t.p[digits] >= '0' && t.p[digits] <= '9')
		digits++;
	e = text_to_int(text_of(t.p, digits), &v);
	*out = (uint64_t)v;
	t = text_of(t.p + digits, t.n - digits);
	if (e == ERR_FORMAT || n_units == 0)
		return t.n > 0 ? ERR_FORMAT : e;
	for (size_t i = 0; i < n_units; i++)
		if (text_eq(t, text_z(u[i].name)))
			return e != ERR_OK || !__builtin_mul_overflow(*out, u[i].of, out) ? e : ERR_RANGE;
	return ERR_FORMAT;
}

static bool put_in_range(const struct setting *s, void *base, struct text value, struct buf *message)
{
	static const char *const otherwise[] = { [SETTING_NUMBER] = "is not a whole number",
		                                     [SETTING_SIZE] = "is not a size (a number with KiB, MiB, GiB or TiB)",
		                                     [SETTING_DURATION] =
		                                         "is not a duration (a number with ms, s, min, h or d)" };
	uint64_t v;
	enum err e = s->kind == SETTING_NUMBER ? scaled(value, NULL, 0, &v)
	             : s->kind == SETTING_SIZE ? scaled(value, sizes, ARRAY_LEN(sizes), &v)
	                                       : scaled(value, durations, ARRAY_LEN(durations), &v);

	if (e == ERR_FORMAT)
		return refuse(s, value, otherwise[s->kind], message);
	if (e != ERR_OK || v > s->most)
		return refuse(s, value, "is too much", message);
	if (v < s->least)
		return refuse(s, value, "is too little", message);
	return store(s, base, v);
}

static bool put_text(const struct setting *s, char *out, size_t cap, struct text value, struct buf *message)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f) {
			buf_printf(message, "the text holds a control character (0x%02x); %s takes none",
			           (unsigned)(unsigned char)value.p[i], s->name);
			return false;
		}
	if (!text_utf8_valid(value)) {
		buf_printf(message, "the text is not UTF-8; %s takes UTF-8 only", s->name);
		return false;
	}
	if (value.n >= cap) {
		buf_printf(message, "the text has %zu bytes; %s takes at most %zu", value.n, s->name, cap - 1);
		return false;
	}
	if (value.n > 0)
		memcpy(out, value.p, value.n);
	memset(out + value.n, 0, cap - value.n);
	return true;
}

static bool put_sight(const struct setting *s, struct tenant *t, struct text value, struct buf *message)
{
	if (!tenant_pattern_valid(value))
		return refuse(s, value, "is not of that form", message);
	if (t->n_sees == TENANT_SEES_MAX)
		return refuse(s, value, "is one too many", message);
	if (!put_text(s, t->sees[t->n_sees], sizeof(t->sees[0]), value, message))
		return false;
	t->n_sees++;
	return true;
}

bool setting_put(const struct setting *s, void *base, struct text value, struct buf *message)
{
	bool yes = text_eq(value, TEXT("true"));

	switch (s->kind) {
	case SETTING_TEXT: return put_text(s, (char *)base + s->at, s->bytes, value, message);
	case SETTING_TEXTS: return put_sight(s, base, value, message);
	case SETTING_SWITCH:
		if (!yes && !text_eq(value, TEXT("false")))
			return refuse(s, value, "is neither true nor false", message);
		return store(s, base, yes);
	case SETTING_CHOICE:
		for (uint32_t i = 0; s->choice[i] != NULL; i++)
			if (text_eq(value, text_z(s->choice[i])))
				return store(s, base, i);
		return refuse(s, value, "is none of them", message);
	default: return put_in_range(s, base, value, message);
	}
}

void setting_default(const struct setting *s, void *base)
{
	struct buf message;

	buf_init(&message, 0);
	if (s->standard == NULL)
		store(s, base, 0);
	else
		CHECK(setting_put(s, base, text_z(s->standard), &message));
}
