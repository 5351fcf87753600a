/* outbox_quiet.c - when a person who reported may be written to: what is said to them (received; what became of it) is no less a short message than a warning is, so it keeps the hours of those, and the
 * most of them in a day.
 *
 * Whose number it is stands sealed in the report and nowhere else. So what went to the same number today is found by opening the reports that were answered today, which are few. */
#include "base/clock.h"
#include "desk/limits.h"
#include "gateway/limit_now.h"
#include "gateway/outbox_int.h"
#include "store/texts.h"

enum {
	ANSWERED_MOST = DELIVERY_PAGE_MAX /* of a day that are looked through, newest first */
};
#define WAITED_MOST (7 * US_PER_DAY) /* one made before that has not waited until today */
#define ANSWERS (1ull << DESK_MESSAGE_RECEIPT | 1ull << DESK_MESSAGE_FEEDBACK)

bool outbox_answers_person(const struct tenant *t, uint8_t kind)
{
	return kind < 64 && (ANSWERS >> kind & 1) && (t->connector == CONNECTOR_SENDER || t->connector == CONNECTOR_SPOOL);
}

/* ---- the day ---- */

static void keep_digits(struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] >= '0' && b->p[i] <= '9')
			b->p[n++] = b->p[i];
	b->n = n;
}

/* The last digits are the number, whatever stands before them for the country. */
static bool same_number(struct text a, struct text b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	return n >= 7 && memcmp(a.p + a.n - n, b.p + b.n - n, n) == 0;
}

/* The digits of who reported this; none: not known, or forgotten. */
static enum err number_of(struct outbox *o, uint64_t object, struct buf *digits)
{
	struct desk_object x;
	uint32_t field;
	enum err e = registry_load(o->o.registry, object, &x);

	buf_clear(digits);
	field = e == ERR_OK ? outbox_contact(&x) : 0;
	if (field != 0)
		e = o->o.world.text(o->o.world.ctx, x.value[field].ref, digits);
	keep_digits(digits);
	return e == ERR_ABSENT ? ERR_OK : e;
}

struct looking {
	int64_t day_us;
	uint64_t but;
	uint32_t n;
	uint64_t object[ANSWERED_MOST];
};

static bool note_one(void *ctx, const struct delivery_row *r)
{
	struct looking *l = ctx;

	if (r->sent_us >= l->day_us && r->id != l->but)
		l->object[l->n++] = r->object;
	return r->made_us >= l->day_us - WAITED_MOST;
}

static enum err sent_today(struct outbox *o, const struct delivery_row *row, int64_t day_us, int64_t *n)
{
	struct delivery_query q = { .kinds = ANSWERS, .receiver = row->receiver };
	struct looking l = { .day_us = day_us, .but = row->id };
	struct buf own, other;
	enum err e;

	buf_init(&own, TEXT_BYTES_MAX);
	buf_init(&other, TEXT_BYTES_MAX);
	e = number_of(o, row->object, &own);
	if (e == ERR_OK && own.n > 0)
		e = delivery_list(o->o.delivery, &q, ANSWERED_MOST, note_one, &l);
	*n = 0;
	for (uint32_t i = 0; e == ERR_OK && i < l.n; i++) {
		e = l.object[i] == row->object ? ERR_OK : number_of(o, l.object[i], &other);
		*n += l.object[i] == row->object || (e == ERR_OK && same_number(buf_view(&own), buf_view(&other)));
	}
	if (own.p != NULL)
		explicit_bzero(own.p, own.cap);
	if (other.p != NULL)
		explicit_bzero(other.p, other.cap);
	buf_release(&own);
	buf_release(&other);
	return e;
}

enum err outbox_quiet_until(struct outbox *o, const struct delivery_row *row, int64_t *until_us)
{
	int64_t now = outbox_now(o), day = desk_day(now), from, to, most, n = 0;
	enum err e = limit_now(o->o.registry, LIMIT_WARNING_SMS_FROM, &from);

	*until_us = 0;
	if (e == ERR_OK)
		e = limit_now(o->o.registry, LIMIT_WARNING_SMS_TO, &to);
	if (e == ERR_OK)
		e = limit_now(o->o.registry, LIMIT_WARNING_SMS_DAY, &most);
	if (e != ERR_OK)
		return e;
	if (now - day < from * US_PER_HOUR)
		*until_us = day + from * US_PER_HOUR;
	else if (now - day >= to * US_PER_HOUR)
		*until_us = day + US_PER_DAY + from * US_PER_HOUR;
	else if ((e = sent_today(o, row, day, &n)) == ERR_OK && n >= most)
		*until_us = day + US_PER_DAY + from * US_PER_HOUR;
	return e;
}
