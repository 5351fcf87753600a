/* clock.c - dates by counting days from 1 March, so that the leap day is the last of its year (Hinnant, "chrono-
 * compatible low-level date algorithms"). clock_parse meets every record, so its usual form is read without a loop. */
#include "base/clock.h"

const struct zone clock_utc = { .name = { "UTC", 3 } };
const struct zone clock_shanghai = { .name = { "Asia/Shanghai", 13 }, .first_off_s = 8 * 3600 };

enum {
	YEAR_MAX = 9999,
	SECONDS_PER_DAY = 86400
};

int64_t clock_days_from_civil(int32_t y, int32_t m, int32_t d)
{
	int64_t year = (int64_t)y - (m <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t yoe = year - era * 400;                                /* 0..399 */
	int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1; /* 0..365 */
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int32_t days_in_month(int32_t y, int32_t m)
{
	static const uint8_t days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	return days[m] + (m == 2 && leap);
}

/* The date and time of day as if it were UTC. Years 1 to 9999, so that nothing after this can overflow. */
static enum err civil_seconds(const struct civil *c, int64_t *out_s)
{
	if (UNLIKELY(c->year < 1 || c->year > YEAR_MAX || c->month < 1 || c->month > 12 || c->day < 1))
		return ERR_RANGE;
	if (UNLIKELY(c->day > 28 && c->day > days_in_month(c->year, c->month)))
		return ERR_RANGE;
	if (UNLIKELY((uint32_t)c->hour > 23 || (uint32_t)c->minute > 59 || (uint32_t)c->second > 59))
		return ERR_RANGE;
	if (UNLIKELY((uint32_t)c->us > 999999))
		return ERR_RANGE;
	*out_s = clock_days_from_civil(c->year, c->month, c->day) * SECONDS_PER_DAY + c->hour * 3600 + c->minute * 60 +
	         c->second;
	return ERR_OK;
}

enum err clock_from_civil(const struct civil *c, int32_t off_s, int64_t *out_us)
{
	int64_t s;
	enum err e = civil_seconds(c, &s);
	if (e == ERR_OK)
		*out_us = (s - off_s) * US_PER_SECOND + c->us;
	return e;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void clock_to_civil(int64_t us, int32_t off_s, struct civil *out)
{
	int64_t s = floor_div(us, US_PER_SECOND);
	int32_t part = (int32_t)(us % US_PER_SECOND);
	out->us = part < 0 ? part + (int32_t)US_PER_SECOND : part;
	s += off_s;
	int64_t days = floor_div(s, SECONDS_PER_DAY);
	int32_t rest = (int32_t)(s - days * SECONDS_PER_DAY);
	out->hour = rest / 3600;
	out->minute = rest / 60 % 60;
	out->second = rest % 60;
	int64_t weekday = (days + 3) % 7; /* 1970-01-01 was a Thursday */
	out->weekday = (int32_t)(weekday < 0 ? weekday + 7 : weekday) + 1;
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	out->day = (int32_t)(doy - (153 * mp + 2) / 5 + 1);
	out->month = (int32_t)(mp < 10 ? mp + 3 : mp - 9);
	out->year = (int32_t)(yoe + era * 400 + (out->month <= 2));
}

int32_t clock_offset(const struct zone *z, int64_t us)
{
	int64_t s = floor_div(us, US_PER_SECOND);
	size_t lo = 0, hi = z->n; /* the first transition after s */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (z->at_s[mid] <= s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? z->off_s[lo - 1] : z->first_off_s;
}

/* Transition i has happened for a wall clock that shows local_s if neither offset can put it before the transition. */
static int32_t offset_of_local(const struct zone *z, int64_t local_s)
{
	size_t lo = 0, hi = z->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int32_t before = mid ? z->off_s[mid - 1] : z->first_off_s;
		int32_t after = z->off_s[mid];
		if (local_s >= z->at_s[mid] + (before > after ? before : after))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? z->off_s[lo - 1] : z->first_off_s;
}

enum err clock_from_local(const struct zone *z, const struct civil *c, int64_t *out_us)
{
	int64_t s;
	enum err e = civil_seconds(c, &s);
	if (e == ERR_OK)
		*out_us = (s - offset_of_local(z, s)) * US_PER_SECOND + c->us;
	return e;
}

/* Two digits at p; anything else sets bits above 127 in *bad. */
static inline int32_t two(const char *p, uint32_t *bad)
{
	uint32_t a = (uint32_t)(unsigned char)p[0] - '0', b = (uint32_t)(unsigned char)p[1] - '0';
	*bad |= (a > 9) | (b > 9);
	return (int32_t)(a * 10 + b);
}

/* What follows the seconds: fraction, then nothing, Z or an offset. */
static enum err parse_tail(const char *p, const char *end, int32_t *us, bool *has_off, int32_t *off_s)
{
	if (p < end && *p == '.') {
		const char *digits = ++p;
		int32_t v = 0, unit = 1000000;
		for (; p < end && (unsigned char)(*p - '0') <= 9; p++) {
			if (unit == 1)
				return ERR_FORMAT;
			unit /= 10;
			v += (*p - '0') * unit;
		}
		if (p == digits)
			return ERR_FORMAT;
		*us = v;
	}
	if (p == end)
		return ERR_OK;
	*has_off = true;
	if (end - p == 1 && (*p == 'Z' || *p == 'z'))
		return ERR_OK;
	if ((*p != '+' && *p != '-') || (end - p != 5 && end - p != 6) || (end - p == 6 && p[3] != ':'))
		return ERR_FORMAT;
	uint32_t bad = 0;
	int32_t h = two(p + 1, &bad), m = two(end - 2, &bad);
	if (bad)
		return ERR_FORMAT;
	if (h > 23 || m > 59)
		return ERR_RANGE;
	*off_s = (h * 3600 + m * 60) * (*p == '-' ? -1 : 1);
	return ERR_OK;
}

enum err clock_parse(struct text t, const struct zone *z, int64_t *out_us)
{
	const char *p = t.p;
	if (t.n < 19)
		return ERR_FORMAT;
	uint32_t bad = 0;
	struct civil c = { .year = two(p, &bad) * 100 + two(p + 2, &bad),
		               .month = two(p + 5, &bad),
		               .day = two(p + 8, &bad),
		               .hour = two(p + 11, &bad),
		               .minute = two(p + 14, &bad),
		               .second = two(p + 17, &bad) };
	bad |= (p[4] != '-') | (p[7] != '-') | (p[13] != ':') | (p[16] != ':');
	bad |= (p[10] != ' ') & (p[10] != 'T') & (p[10] != 't');
	if (bad)
		return ERR_FORMAT;
	bool has_off = false;
	int32_t off_s = 0;
	if (t.n > 19) {
		enum err e = parse_tail(p + 19, p + t.n, &c.us, &has_off, &off_s);
		if (e != ERR_OK)
			return e;
	}
	int64_t s;
	enum err e = civil_seconds(&c, &s);
	if (e != ERR_OK)
		return e;
	if (!has_off)
		off_s = offset_of_local(z, s);
	*out_us = (s - off_s) * US_PER_SECOND + c.us;
	return ERR_OK;
}

static void format_civil(struct buf *b, const struct civil *c, char between)
{
	buf_printf(b, "%04d-%02d-%02d%c%02d:%02d:%02d", c->year, c->month, c->day, between, c->hour, c->minute, c->second);
}

void clock_format(struct buf *b, int64_t us, const struct zone *z)
{
	struct civil c;
	int32_t off = clock_offset(z, us);
	clock_to_civil(us, off, &c);
	format_civil(b, &c, 'T');
	if (c.us)
		buf_printf(b, ".%06d", c.us);
	int32_t o = off < 0 ? -off : off;
	buf_printf(b, "%c%02d:%02d", off < 0 ? '-' : '+', o / 3600, o / 60 % 60);
	if (o % 60) /* local mean time of the 19th century; ISO 8601 has no seconds here, but half a truth is worse */
		buf_printf(b, ":%02d", o % 60);
}

void clock_format_short(struct buf *b, int64_t us, const struct zone *z)
{
	struct civil c;
	clock_to_civil(us, clock_offset(z, us), &c);
	format_civil(b, &c, ' ');
}

/* The largest unit and, if there is a rest, the next one: what a person would say. */
void clock_format_duration(struct buf *b, int64_t us)
{
	static const struct {
		uint64_t us;
		const char *name;
	} unit[] = { { 86400000000, "d" }, { 3600000000, "h" }, { 60000000, "min" },
		         { 1000000, "s" },     { 1000, "ms" },      { 1, "us" } };
	uint64_t u = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
	if (u == 0) {
		buf_z(b, "0s");
		return;
	}
	size_t i = 0;
	while (u < unit[i].us)
		i++;
	buf_printf(b, "%s%llu%s", us < 0 ? "-" : "", (unsigned long long)(u / unit[i].us), unit[i].name);
	u %= unit[i].us;
	if (i + 1 < ARRAY_LEN(unit) && u / unit[i + 1].us)
		buf_printf(b, " %llu%s", (unsigned long long)(u / unit[i + 1].us), unit[i + 1].name);
}
