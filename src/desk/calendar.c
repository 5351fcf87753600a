/* calendar.c - days and months of local time, the order of work, and the names of objects. */
#include "base/clock.h"
#include "desk/desk.h"
#include <inttypes.h>

enum {
	LOCAL_S = 8 * 3600 /* UTC+8, without summer time since 1991 */
};
#define LOCAL_US (LOCAL_S * US_PER_SECOND)

int64_t desk_day(int64_t us)
{
	int64_t local = us + LOCAL_US, into = local % US_PER_DAY;

	return us - (into < 0 ? into + US_PER_DAY : into);
}

int64_t desk_months_after(int64_t us, int64_t n)
{
	struct civil c;
	int64_t month, days, out;

	clock_to_civil(us, LOCAL_S, &c);
	month = (int64_t)c.year * 12 + (c.month - 1) + n;
	c.year = (int32_t)(month / 12);
	c.month = (int32_t)(month % 12) + 1;
	month++;
	days = clock_days_from_civil((int32_t)(month / 12), (int32_t)(month % 12) + 1, 1) -
	       clock_days_from_civil(c.year, c.month, 1);
	c.day = c.day < days ? c.day : (int32_t)days;
	CHECK(clock_from_civil(&c, LOCAL_S, &out) == ERR_OK);
	return out;
}

/* grade (2 bits, purple first) | due in units of 2^20 us (32 bits) | made in units of 2^23 us (29 bits). Times up to 2106 fit. */
int64_t desk_next(const struct desk_object *o)
{
	int64_t due = TIME_US_MAX;

	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++)
		if (o->due_us[i] && o->due_us[i] < due)
			due = o->due_us[i];
	return (int64_t)(3 - (o->grade & 3)) << 61 | (due >> 20 & 0xffffffff) << 29 | (o->made_us >> 23 & 0x1fffffff);
}

void desk_id_print(struct buf *b, uint32_t kind, uint64_t id)
{
	const struct desk_machine *m = desk_machine(kind);

	CHECK(m);
	buf_printf(b, "%s-%" PRIu64, m->letters, id);
}

enum err desk_id_parse(struct text t, uint32_t *kind, uint64_t *id)
{
	size_t n = t.n > 2 && t.p[1] == '-' ? 1 : 2; /* letters */
	int64_t v;

	if (t.n < n + 2 || t.p[n] != '-' || t.p[n + 1] < '1' || t.p[n + 1] > '9' ||
	    text_to_int(text_of(t.p + n + 1, t.n - n - 1), &v) != ERR_OK)
		return ERR_FORMAT;
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		const struct desk_machine *m = desk_machine(k);

		if (text_eq(text_z(m->letters), text_of(t.p, n))) {
			*kind = k;
			*id = (uint64_t)v;
			return ERR_OK;
		}
	}
	return ERR_FORMAT;
}
