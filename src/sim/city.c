/* city.c - the hours of a city: ordinary life is made, sorted, and merged with the agenda of crimes; the ledger on the way.
 *
 * One hour's events are in memory, the agenda's, and some bytes a person. Everything is emitted in order of time, so that
 * what an event needs to know (who has how much money) is simply what is. */
#include "sim/city_int.h"
#include "base/clock.h"
#include "base/mem.h"

enum {
	AHEAD = 8,
	LIST_MAX = 1 << 30,
	PREHISTORY = 26, /* steps of so many days, for cards and accounts opened before the history */
	PREHISTORY_DAYS = 30,
	CROWD = 1 << 20, /* events that an hour's buffer starts with */
};

void city_defaults(struct city_options *o)
{
	*o = (struct city_options){ .people = 200000, .days = 7, .seed = 1, .history_days = 60 };
	o->start_day = clock_days_from_civil(2026, 3, 2);
	o->difficulty = MEDIUM;
	o->crime_percent = 100;
	o->only = (1U << EV_TYPES) - 1;
}

bool city_grow(struct city *c, void **p, uint32_t *cap, uint32_t n, size_t size)
{
	if (c->err)
		return false;
	if (n < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : 256;
	void *q = more > LIST_MAX ? NULL : mem_resize(*p, more * size);
	if (!q) {
		c->err = more > LIST_MAX ? ERR_CAP : ERR_MEMORY;
		return false;
	}
	*p = q;
	*cap = more;
	return true;
}

/* ---- the agenda: a binary heap by (time, order of planning) ---- */

static bool before(const struct todo *x, const struct todo *y)
{
	return x->at_s != y->at_s ? x->at_s < y->at_s : x->seq < y->seq;
}

void city_todo(struct city *c, int32_t at_s, enum todo_kind kind, uint32_t obj)
{
	struct todo t = { at_s, c->seq++, (uint32_t)kind, obj };

	if (!city_add(c, c->agenda, t))
		return;
	struct todo *h = c->agenda.p;
	uint32_t i = c->agenda.n - 1;
	while (i > 0 && before(&t, &h[(i - 1) / 2])) {
		h[i] = h[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h[i] = t;
}

static struct todo agenda_pop(struct city *c)
{
	struct todo *h = c->agenda.p, first = h[0], last = h[--c->agenda.n];
	uint32_t i = 0, n = c->agenda.n;

	for (;;) {
		uint32_t k = 2 * i + 1;
		if (k >= n)
			break;
		if (k + 1 < n && before(&h[k + 1], &h[k]))
			k++;
		if (!before(&h[k], &last))
			break;
		h[i] = h[k];
		i = k;
	}
	if (n)
		h[i] = last;
	return first;
}

static void later_event(struct city *c, const struct ev *e)
{
	uint32_t at = c->later.n;

	if (c->later_free.n) {
		at = c->later_free.p[--c->later_free.n];
		c->later.p[at] = *e;
	} else if (!city_add(c, c->later, *e)) {
		return;
	}
	city_todo(c, e->at_s, DO_EVENT, at);
}

void city_life(struct city *c, const struct ev *e)
{
	struct evs *l = &c->hour;

	if (e->a == e->b && (e->type == EV_CALL || e->type == EV_SMS))
		return; /* the one chosen was the caller: nobody */
	if (c->playing || e->at_s >= c->hour_to_s) {
		later_event(c, e);
		return;
	}
	if (l->n == l->cap && !c->err) {
		uint64_t cap = l->cap ? l->cap * 2 : CROWD;
		struct ev *p = cap > LIST_MAX ? NULL : mem_resize(l->p, cap * sizeof(*p));
		if (!p) {
			c->err = ERR_MEMORY;
			return;
		}
		l->p = p;
		l->cap = cap;
	}
	if (!c->err)
		l->p[l->n++] = *e;
}

/* ---- money ---- */

int64_t *city_balance(struct city *c, uint64_t account_1)
{
	uint64_t i = account_1 - 1;

	if (account_1 == NOBODY || (i >= OUT_AT && i < SHOP_AT))
		return NULL;
	if (i >= EMPLOYER_AT)
		return i - EMPLOYER_AT < c->employers ? &c->employer[i - EMPLOYER_AT] : NULL;
	if (i >= SHOP_AT)
		return i - SHOP_AT < c->shops ? &c->shop[i - SHOP_AT] : NULL;
	CHECK(i < c->balances);
	return &c->balance[i];
}

uint32_t city_new_account(struct city *c)
{
	if (c->balances == c->balances_cap && !c->err) {
		uint32_t cap = c->balances_cap + c->balances_cap / 8 + 1024;
		int64_t *b = mem_resize(c->balance, cap * sizeof(*b));
		if (b)
			c->balance = b;
		int64_t *o = b ? mem_resize(c->opened_with, cap * sizeof(*o)) : NULL;
		if (o)
			c->opened_with = o;
		if (!o)
			c->err = ERR_MEMORY;
		else
			c->balances_cap = cap;
	}
	if (c->err)
		return 0;
	c->balance[c->balances] = c->opened_with[c->balances] = 0;
	c->population[WHAT_ACCOUNT]++;
	return c->balances++;
}

/* Accounts are numbered as they come, and the number says the bank: those passed over wait until somebody opens one of theirs. */
uint32_t city_new_account_at(struct city *c, const struct counter *at)
{
	uint32_t n = 0, account;

	if (!at->crooked)
		return city_new_account(c);
	while (n < c->unused.n && life_outlet_of(c, at->outlet, c->unused.p[n]) != at->outlet)
		n++;
	if (n < c->unused.n) {
		account = c->unused.p[n];
		c->unused.p[n] = c->unused.p[--c->unused.n];
		return account;
	}
	while (account = city_new_account(c), !c->err && life_outlet_of(c, at->outlet, account) != at->outlet)
		city_add(c, c->unused, account);
	return account;
}

static bool move_money(struct city *c, const struct ev *e)
{
	int64_t *from = city_balance(c, e->a);
	int64_t *to = e->type == EV_TRANSFER ? city_balance(c, e->b) : NULL;

	if (e->v <= 0 || (from && *from < e->v) || e->a == e->b) {
		c->counts.declined++;
		return false;
	}
	if (from)
		*from -= e->v;
	if (to)
		*to += e->v;
	return true;
}

bool city_emit(struct city *c, const struct ev *e, const struct label *label)
{
	bool talks = e->type == EV_CALL || e->type == EV_SMS;

	if (c->err || (talks && e->a == e->b) || ((e->type == EV_TRANSFER || e->type == EV_CASH) && !move_money(c, e)))
		return false;
	if (c->o.only >> e->type & 1)
		writer_event(c, e, label);
	return true;
}

/* ---- an hour ---- */

static void do_todo(struct city *c, const struct todo *t)
{
	struct opening *o;

	switch ((enum todo_kind)t->kind) {
	case DO_EVENT: {
		struct ev e = c->later.p[t->obj];
		if (city_add(c, c->later_free, t->obj))
			city_emit(c, &e, NULL);
		break;
	}
	case DO_OPEN:
		o = &c->opening.p[t->obj];
		if (city_emit(c, &o->ev, o->label.crime ? &o->label : NULL))
			crime_opened(c, o);
		break;
	case DO_CARD: phones_card(c, t->obj, t->at_s); break;
	case DO_CASE: cases_step(c, t->obj, t->at_s); break;
	case DO_MULE: mules_pass(c, t->obj, t->at_s); break;
	case DO_REPORT: cases_report(c, t->obj, t->at_s); break;
	}
}

/* c->order becomes the places of the hour's events by time; equal times keep the order of their making. */
static bool order_hour(struct city *c)
{
	uint32_t span = (uint32_t)(c->hour_to_s - c->hour_from_s);

	if (c->order_cap < c->hour.n) {
		uint64_t cap = c->hour.cap;
		uint32_t *p = mem_resize(c->order, cap * sizeof(*p));
		if (!p)
			return c->err = ERR_MEMORY, false;
		c->order = p;
		c->order_cap = cap;
	}
	uint32_t *next = mem_alloc_array(span + 1, sizeof(*next));
	if (!next)
		return c->err = ERR_MEMORY, false;
	for (uint64_t i = 0; i < c->hour.n; i++)
		next[c->hour.p[i].at_s - c->hour_from_s + 1]++;
	for (uint32_t s = 0; s < span; s++)
		next[s + 1] += next[s];
	for (uint64_t i = 0; i < c->hour.n; i++)
		c->order[next[c->hour.p[i].at_s - c->hour_from_s]++] = (uint32_t)i;
	mem_free(next);
	return true;
}

static void play_hour(struct city *c)
{
	uint64_t i = 0;

	if (!order_hour(c))
		return;
	while (!c->err) {
		if (i + AHEAD < c->hour.n)
			__builtin_prefetch(&c->hour.p[c->order[i + AHEAD]]);
		const struct ev *e = i < c->hour.n ? &c->hour.p[c->order[i]] : NULL;
		int32_t until_s = e ? e->at_s : c->hour_to_s - 1;
		if (c->agenda.n && c->agenda.p[0].at_s <= until_s) {
			struct todo t = agenda_pop(c);
			do_todo(c, &t);
		} else if (e) {
			city_emit(c, e, NULL);
			i++;
		} else {
			break;
		}
	}
}

enum err city_step(struct city *c, bool *more)
{
	int64_t h = c->hours_done - PREHISTORY - c->o.history_days, old = h + c->o.history_days;

	c->hour.n = 0;
	c->hour_from_s = (int32_t)(h < 0 ? h * DAY_S : h * HOUR_S);
	c->hour_to_s = c->hour_from_s + (h < 0 ? DAY_S : HOUR_S);
	if (old < 0) { /* only openings, a month at a time */
		c->hour_from_s = (int32_t)((old * PREHISTORY_DAYS - c->o.history_days) * DAY_S);
		c->hour_to_s = c->hour_from_s + PREHISTORY_DAYS * DAY_S;
		if (c->hours_done == 0)
			life_stock(c);
		life_openings(c);
	} else if (h < 0) {
		history_day(c, (int32_t)h);
	} else {
		life_openings(c);
		life_hour(c);
		work_hour(c);
		money_hour(c);
		business_hour(c);
	}
	c->playing = true;
	play_hour(c);
	c->playing = false;
	c->hours_done++;
	*more = c->hours_done < c->hours_all;
	return c->err;
}

void city_progress(const struct city *c, int64_t *done, int64_t *total)
{
	*done = c->hours_done;
	*total = c->hours_all;
}

void city_counts(const struct city *c, struct city_counts *out)
{
	*out = c->counts;
	out->crimes = c->crimes;
}

static enum err begin(struct city *c)
{
	c->salt = hash_mix(c->o.seed + 0x632be59bd9b4e019ULL);
	rng_seed(&c->crime, c->o.seed ^ 0x5851f42d4c957f2dULL);
	c->people = (uint32_t)c->o.people;
	c->spare = c->people * 2;
	c->hours_all = PREHISTORY + c->o.history_days + c->o.days * 24;
	enum err err = people_init(c);
	if (err)
		return err;
	money_init(c);
	if (!c->err)
		c->err = writer_open(c);
	if (!c->err)
		crime_plan(c);
	return c->err;
}

enum err city_open(struct city **out, const struct city_options *o, const struct scene *scene)
{
	if (o->people < CITY_PEOPLE_MIN || o->people > CITY_PEOPLE_MAX || o->days < 1 || o->days > CITY_DAYS_MAX ||
	    o->history_days < 1 || o->history_days > CITY_HISTORY_MAX || o->crime_percent < 0 ||
	    o->crime_percent > CITY_CRIME_MAX)
		return ERR_RANGE;
	struct city *c = mem_alloc(sizeof(*c));
	*out = c;
	if (!c)
		return ERR_MEMORY;
	c->o = *o;
	c->scene = scene;
	return begin(c);
}

enum err city_close(struct city *c)
{
	if (!c)
		return ERR_OK;
	if (!c->err && c->w)
		writer_end(c);
	enum err err = writer_close(c);
	if (c->err)
		err = c->err;
	people_release(c);
	void *lists[] = { c->unused.p,    c->hour.p, c->order,     c->agenda.p,  c->later.p,      c->later_free.p,
		              c->opening.p,   c->card.p, c->mule.p,    c->network.p, c->cases.p,      c->balance,
		              c->opened_with, c->shop,   c->shop_with, c->employer,  c->employer_with };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		mem_free(lists[i]);
	mem_free(c);
	return err;
}
