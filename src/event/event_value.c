/* event_value.c - amounts, durations, numbers and times as files write them. */
#include "event/event_value.h"
#include "base/money.h"

const struct field_format field_format_own = { .time_form = TIME_OWN };

enum {
	DECIMALS_MAX = 18
};

/* The digits after the point times scale; trailing zeroes say nothing. */
static enum err decimal_rest(const char *p, const char *end, int64_t scale, int64_t *rest)
{
	if (p == end)
		return ERR_FORMAT;
	for (const char *q = p; q < end; q++)
		if ((unsigned char)(*q - '0') > 9)
			return ERR_FORMAT;
	while (end > p && end[-1] == '0')
		end--;
	if (end - p > DECIMALS_MAX)
		return ERR_CAP;
	int64_t v = 0, ten = 1;
	for (; p < end; p++) {
		v = v * 10 + (*p - '0');
		ten *= 10;
	}
	__int128 scaled = (__int128)v * scale;
	if (scaled % ten)
		return ERR_CAP;
	*rest = (int64_t)(scaled / ten);
	return ERR_OK;
}

enum err value_decimal(struct text t, int64_t scale, int64_t *out)
{
	const char *p = t.p, *end = t.p + t.n;
	bool negative = p < end && *p == '-';
	p += negative;
	if (p == end || (unsigned char)(*p - '0') > 9)
		return ERR_FORMAT;
	const int64_t max = (int64_t)1 << 61;
	int64_t v = 0, rest = 0;
	bool over = false;
	for (; p < end && (unsigned char)(*p - '0') <= 9; p++) {
		over = over || v > (max - 9) / 10;
		v = over ? v : v * 10 + (*p - '0');
	}
	if (p < end) {
		enum err e = *p == '.' ? decimal_rest(p + 1, end, scale, &rest) : ERR_FORMAT;
		if (e != ERR_OK)
			return e;
	}
	if (over || (scale > 1 && v > max / scale))
		return ERR_RANGE;
	v = v * scale + rest;
	*out = negative ? -v : v;
	return ERR_OK;
}

static bool all_digits(struct text t)
{
	for (size_t i = t.n && t.p[0] == '-' ? 1 : 0; i < t.n; i++)
		if ((unsigned char)(t.p[i] - '0') > 9)
			return false;
	return t.n > 0;
}

static bool take_digits(const char **p, const char *end, int max, int32_t *out)
{
	int32_t v = 0;
	int n = 0;
	for (; n < max && *p < end && (unsigned char)(**p - '0') <= 9; n++, (*p)++)
		v = v * 10 + (**p - '0');
	*out = v;
	return n > 0;
}

static bool take_micros(const char **p, const char *end, int32_t *out)
{
	int32_t v = 0;
	int n = 0;
	for (; n < 6 && *p < end && (unsigned char)(**p - '0') <= 9; n++, (*p)++)
		v = v * 10 + (**p - '0');
	*out = v;
	for (int i = n; i < 6; i++)
		*out *= 10;
	return n > 0;
}

static enum err time_by_pattern(struct text t, const struct field_format *f, const struct zone *z, int64_t *out_us)
{
	struct civil c = { .year = 1970, .month = 1, .day = 1 };
	const char *p = t.p, *end = t.p + t.n;
	for (size_t i = 0; i < f->pattern.n; i++) {
		char want = f->pattern.p[i];
		bool ok;
		if (want != '%') {
			ok = p < end && *p == want;
			p += ok;
		} else {
			switch (f->pattern.p[++i]) {
			case 'Y': ok = take_digits(&p, end, 4, &c.year); break;
			case 'm': ok = take_digits(&p, end, 2, &c.month); break;
			case 'd': ok = take_digits(&p, end, 2, &c.day); break;
			case 'H': ok = take_digits(&p, end, 2, &c.hour); break;
			case 'M': ok = take_digits(&p, end, 2, &c.minute); break;
			case 'S': ok = take_digits(&p, end, 2, &c.second); break;
			case 'f': ok = take_micros(&p, end, &c.us); break;
			default:
				ok = p < end && *p == '%';
				p += ok;
				break;
			}
		}
		if (!ok)
			return ERR_FORMAT;
	}
	return p == end ? clock_from_local(z, &c, out_us) : ERR_FORMAT;
}

const char *value_pattern_check(struct text pattern)
{
	bool year = false;
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] != '%')
			continue;
		if (++i == pattern.n || !memchr("YmdHMSf%", pattern.p[i], 8))
			return "a time pattern knows %Y %m %d %H %M %S %f and %%";
		year = year || pattern.p[i] == 'Y';
	}
	return year ? NULL : "a time pattern needs at least %Y";
}

static enum err time_in(struct text t, const struct field_format *f, int64_t *out_us)
{
	const struct zone *z = f->zone ? f->zone : &clock_shanghai;
	int64_t v;
	enum err e;
	switch (f->time_form) {
	case TIME_OWN:
		if (t.n > 10 && (unsigned char)(t.p[4] - '0') <= 9 && all_digits(t))
			return text_to_int(t, out_us);
		return clock_parse(t, z, out_us);
	case TIME_ISO: return clock_parse(t, z, out_us);
	case TIME_EPOCH_S: return value_decimal(t, US_PER_SECOND, out_us);
	case TIME_EPOCH_MS: return value_decimal(t, 1000, out_us);
	case TIME_EPOCH_US: return value_decimal(t, 1, out_us);
	case TIME_EPOCH_AUTO:
		e = value_decimal(t, US_PER_SECOND, &v);
		if (e == ERR_OK && v < (int64_t)100000000000 * US_PER_SECOND && v > 0) {
			*out_us = v;
			return ERR_OK;
		}
		e = value_decimal(t, 1000, &v);
		if (e == ERR_OK && v < (int64_t)100000000000000 * 1000 && v > 0) {
			*out_us = v;
			return ERR_OK;
		}
		return value_decimal(t, 1, out_us);
	case TIME_PATTERN: return time_by_pattern(t, f, z, out_us);
	case TIME_SINCE:
		e = value_decimal(t, US_PER_SECOND, &v);
		if (e == ERR_OK && __builtin_add_overflow(v, f->since_us, &v))
			e = ERR_RANGE;
		if (e == ERR_OK)
			*out_us = v;
		return e;
	}
	return ERR_FORMAT;
}

enum bad_reason value_time(struct text t, const struct field_format *f, int64_t *out_us, const char **why)
{
	int64_t us;
	enum err e = time_in(t, f, &us);
	if (UNLIKELY(e == ERR_CAP)) {
		*why = "a time with more decimals than microseconds have";
		return BAD_TIME;
	}
	if (UNLIKELY(e == ERR_RANGE && f->time_form >= TIME_EPOCH_S && f->time_form != TIME_PATTERN))
		return BAD_TIME_RANGE;
	if (UNLIKELY(e != ERR_OK)) {
		*why = e == ERR_RANGE ? "a date or time of day that does not exist" : NULL;
		return BAD_TIME;
	}
	if (UNLIKELY(us < TIME_US_MIN || us >= TIME_US_MAX))
		return BAD_TIME_RANGE;
	*out_us = us;
	return BAD_NONE;
}

static enum bad_reason parse_money(struct text t, enum unit unit, int64_t *out, const char **why)
{
	enum err e;
	if (unit == UNIT_DEFAULT || unit == UNIT_YUAN)
		e = money_parse_yuan(t, out);
	else
		e = value_decimal(t, unit == UNIT_FEN ? 1 : 1000000, out);
	if (e == ERR_OK && (*out > MONEY_FEN_MAX || *out < -MONEY_FEN_MAX))
		e = ERR_RANGE;
	if (e == ERR_CAP)
		*why = "an amount with parts of a fen";
	return e == ERR_OK ? BAD_NONE : e == ERR_RANGE ? BAD_RANGE : BAD_AMOUNT;
}

static enum bad_reason parse_duration(struct text t, enum unit unit, int64_t *out, const char **why)
{
	static const int64_t scale[] = {
		[UNIT_DEFAULT] = 1000000, [UNIT_S] = 1000000, [UNIT_MS] = 1000, [UNIT_US] = 1, [UNIT_MIN] = 60000000
	};
	enum err e = value_decimal(t, scale[unit] ? scale[unit] : 1000000, out);
	if (e == ERR_RANGE)
		return BAD_RANGE;
	if (e != ERR_OK) {
		*why = e == ERR_CAP ? "a duration with parts of a microsecond" : "not a duration: a decimal number is";
		return BAD_NUMBER;
	}
	return *out < 0 ? BAD_NEGATIVE : *out > DURATION_US_MAX ? BAD_RANGE : BAD_NONE;
}

static enum bad_reason parse_bool(struct text t, int64_t *out)
{
	static const struct {
		const char *z;
		int64_t v;
	} word[] = { { "true", 1 }, { "false", 0 }, { "1", 1 },     { "0", 0 },    { "yes", 1 },
		         { "no", 0 },   { "True", 1 },  { "False", 0 }, { "TRUE", 1 }, { "FALSE", 0 } };
	for (size_t i = 0; i < ARRAY_LEN(word); i++) {
		if (text_eq(t, text_z(word[i].z))) {
			*out = word[i].v;
			return BAD_NONE;
		}
	}
	return BAD_BOOL;
}

enum bad_reason value_parse(struct text t, enum dim dim, const struct field_format *f, int64_t *out, const char **why)
{
	enum err e;
	switch (dim) {
	case DIM_MONEY: return parse_money(t, f->unit, out, why);
	case DIM_DURATION: return parse_duration(t, f->unit, out, why);
	case DIM_TIME: return value_time(t, f, out, why);
	case DIM_BOOL: return parse_bool(t, out);
	case DIM_NUMBER:
		e = text_to_int(t, out);
		if (e == ERR_OK && (*out > NUMBER_MAX || *out < -NUMBER_MAX))
			e = ERR_RANGE;
		return e == ERR_OK ? BAD_NONE : e == ERR_RANGE ? BAD_RANGE : BAD_NUMBER;
	default: return BAD_NUMBER;
	}
}
